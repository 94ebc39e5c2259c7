"""Comparisons, logic, choices: truth values are onnxruntime's, relations hold, and no committed value can change."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from tests.network.lowered import every_change_is_refused, lowered
from tests.onnx.agreement import compare, quantised, run_model
from tests.onnx.models import graph, model, node
from tests.onnx.test_linear_families import normal
from zkinfer.frontend.onnx.translate import load_onnx
from zkinfer.program.from_network import integers_of

TOY = {"profile": "toy", "allow_toy": True}
COMPARISONS = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"]


def same_outputs(folder, proto, feeds):
    """Compare the outputs of a model, which are whole numbers, with onnxruntime's; check the relations."""
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    network = load_onnx(path)
    tensors = network.run({port.tensor: integers_of(port, feeds[port.name]) for port in network.inputs})
    theirs = run_model(proto, [value.name for value in proto.graph.output], feeds)
    for port, expected in zip(network.outputs, theirs, strict=True):
        assert port.scale == 1
        np.testing.assert_array_equal(tensors[port.tensor] + port.offset, expected.astype(np.int64))
    every_change_is_refused(lowered(network, feeds), np.random.default_rng(2), each=2)
    return network


def on_grid(*shape, seed=1):
    """Multiples of an eighth, so that many are equal."""
    return np.random.default_rng(seed).integers(-16, 17, shape).astype(np.float32) / 8


@pytest.mark.parametrize("op_type", COMPARISONS)
@pytest.mark.parametrize("kind", ["int8", "int16"])
@pytest.mark.parametrize("powers", [True, False])
def test_comparisons_with_constants(tmp_path, op_type, kind, powers):
    feeds = {"x": on_grid(2, 3, 40)}
    for inputs, constants in (
        ("x c", {"c": np.float32(0.5)}),
        ("c x", {"c": np.float32([0.25])}),
        ("x c", {"c": on_grid(3, 1, seed=2)}),
        ("c x", {"c": on_grid(4, 1, 3, 40, seed=2)}),
        ("x c", {"c": np.float32([[-np.inf], [np.inf], [1e30]])}),
    ):
        proto = quantised([node(op_type, inputs, "y")], feeds, ["y"], constants, kind, powers=powers)
        same_outputs(tmp_path, proto, feeds)


@pytest.mark.parametrize("op_type", COMPARISONS)
@pytest.mark.parametrize("kind", ["int8", "int16"])
@pytest.mark.parametrize("scale", [1.0, 2.0, 1.37])
def test_comparisons_of_activations(tmp_path, op_type, kind, scale):
    feeds = {"a": on_grid(2, 3, 40), "b": (scale * on_grid(3, 1, seed=3)).astype(np.float32)}
    if scale == 1:
        feeds["b"][0], feeds["a"][0, 0, :2] = 2, (2, -2)
        feeds["b"][1] = -2
    same_outputs(tmp_path, quantised([node(op_type, "a b", "y")], feeds, ["y"], kind=kind), feeds)


@pytest.mark.parametrize("op_type", COMPARISONS)
def test_codes_at_a_threshold_are_compared_in_float32(tmp_path, op_type):
    # Each threshold is what float32 makes of some code, for a scale that is no power of two.
    x = np.linspace(-1.3, 1.7, 256, dtype=np.float32).reshape(1, -1)
    proto = quantised([node(op_type, "x c", "y")], {"x": x}, ["y"], {"c": np.float32(0)}, "uint8")
    (scale,) = (numpy_helper.to_array(one) for one in proto.graph.initializer if one.name == "x_scale")
    codes = (scale * np.arange(-100, 140, 7, dtype=np.float32)).reshape(-1, 1)
    same_outputs(tmp_path, quantised([node(op_type, "x c", "y")], {"x": x}, ["y"], {"c": codes}, "uint8"), {"x": x})
    for threshold in codes[::9, 0]:
        proto = quantised([node(op_type, "x c", "y")], {"x": x}, ["y"], {"c": threshold}, "uint8")
        same_outputs(tmp_path, proto, {"x": x})


@pytest.mark.parametrize("op_type", COMPARISONS)
def test_integers_are_compared_exactly(tmp_path, op_type):
    rng = np.random.default_rng(4)
    nodes = [
        node("Cast", "x", "wide", to=TensorProto.INT32),
        node("Mul", "wide c", "far"),
        node("Cast", "z", "other", to=TensorProto.INT32),
        node("Mul", "other c", "farther"),
        node(op_type, "far farther", "y"),
        node(op_type, "far k", "limit"),
        node(op_type, "x z", "codes"),
    ]
    constants = {"c": np.int32(100003), "k": np.int32(300009)}
    proto = model(graph(nodes, {"x": [2, 50], "z": [1, 50]}, "y limit codes", constants, TensorProto.INT8))
    feeds = {"x": rng.integers(-4, 5, (2, 50)).astype(np.int8), "z": rng.integers(-4, 5, (1, 50)).astype(np.int8)}
    same_outputs(tmp_path, proto, feeds)


@pytest.mark.parametrize("op_type", ["And", "Or", "Xor"])
def test_logic(tmp_path, op_type):
    constants = {"zero": np.float32(0), "few": np.array([[True], [False]]), "yes": np.array(True)}
    nodes = [
        node("Greater", "a zero", "p"),
        node("Less", "b zero", "q"),
        node(op_type, "p q", "both"),
        node("Not", "both", "not"),
        node(op_type, "not few", "some"),
        node(op_type, "yes p", "one"),
    ]
    feeds = {"a": normal(1, 2, 30), "b": normal(2, 1, seed=2)}
    network = same_outputs(tmp_path, quantised(nodes, feeds, ["both", "not", "some", "one"], constants), feeds)
    assert all(0 <= port.lo <= port.hi <= 1 for port in network.outputs)


def test_casts_to_truth_values_tell_what_is_not_zero(tmp_path):
    nodes = [
        node("Cast", "x", "real", to=TensorProto.BOOL),
        node("MatMul", "x w", "s"),
        node("Cast", "s", "sums", to=TensorProto.BOOL),
        node("Cast", "sums", "y", to=TensorProto.INT64),
        node("IsNaN", "x", "nan"),
        node("Where", "nan s s", "z"),
        node("Cast", "z", "again", to=TensorProto.BOOL),
    ]
    feeds = {"x": np.float32([[0, 0.001, -1], [0, 0, 0]])}
    weights = {"w": normal(3, 3)}
    same_outputs(tmp_path, quantised(nodes, feeds, ["real", "sums", "y", "again"], weights), feeds)


MASK = np.random.default_rng(7).integers(0, 2, (1, 1, 5, 6)).astype(bool)
SCORES = normal(2, 3, 5, 6, seed=4)
OTHER = normal(1, 3, 1, 6, seed=5, scale=2.0)
CHOICES = {
    "constants by hidden": ("cond c d", {"c": np.float32(0), "d": np.float32(-7)}),
    "tables by hidden": ("cond c d", {"c": normal(3, 1, 1, seed=6), "d": normal(5, 6, seed=6)}),
    "activation or number": ("cond x d", {"d": np.float32(-9)}),
    "activation or zero": ("cond x d", {"d": np.float32(0)}),
    "activation or table": ("cond x d", {"d": normal(5, 1, seed=8)}),
    "number or activation": ("cond c x", {"c": np.float32(3)}),
    "zero or activation": ("cond c x", {"c": np.float32(0)}),
    "table or activation": ("cond c x", {"c": normal(3, 1, 1, seed=8)}),
    "of two activations": ("cond x z", {}),
    "of one activation and another": ("cond z x", {}),
    "activation or number, constant condition": ("k x d", {"k": MASK, "d": np.float32(-9)}),
    "table or activation, constant condition": ("k c x", {"k": MASK[0, 0], "c": normal(3, 1, 1, seed=8)}),
    "of two activations, constant condition": ("k x z", {"k": MASK}),
    "a larger table, constant condition": ("k c z", {"k": MASK[0, 0, :, :1], "c": normal(2, 3, 5, 6, seed=8)}),
    "always": ("k x z", {"k": np.array([True])}),
    "never": ("k z x", {"k": np.zeros((5, 1), dtype=bool)}),
    "always, stretched": ("k z x", {"k": np.ones((1, 1), dtype=bool)}),
    "as if infinite": ("cond x d", {"d": np.float32(-3.4e38)}),
}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("kind", ["int8", "int16"])
def test_choices(tmp_path, name, kind):
    inputs, constants = CHOICES[name]
    feeds = {"x": SCORES, "z": OTHER, "m": MASK.astype(np.int64)}
    nodes = [node("Cast", "m", "cond", to=TensorProto.BOOL), node("Where", inputs, "y"), node("Relu", "z", "u")]
    nodes = [one for one in nodes if set(one.output) & {*inputs.split(), "y"}]
    read = {name for one in nodes for name in one.input}
    feeds = {name: array for name, array in feeds.items() if name in read}
    agreement = compare(tmp_path, quantised(nodes, feeds, ["y"], constants, kind), feeds)
    if agreement.network.nodes:
        agreement.require(0.0 if "table" not in name else 0.001)
    if kind == "int8":
        every_change_is_refused(lowered(agreement.network, feeds), np.random.default_rng(2), each=2)


def test_choices_are_proved_at_the_ends_of_their_ranges(tmp_path):
    nodes = [
        node("Greater", "x z", "more"),
        node("Equal", "m zero", "padded"),
        node("Or", "more padded", "cond"),
        node("Where", "cond x z", "y"),
        node("Where", "padded low y", "w"),
        node("Cast", "cond", "told", to=TensorProto.INT64),
    ]
    constants = {"zero": np.int64(0), "low": np.float32(-3)}
    feeds = {"x": SCORES[:1, :, :, :3], "z": OTHER[..., :3], "m": MASK[..., :3].astype(np.int64)}
    proto = quantised(nodes, feeds, ["w", "told"], constants)
    path = tmp_path / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    keys = zk.setup(path, **TOY)
    for x, z, m in ((1e9, -1e9, 0), (-1e9, 1e9, 1), (-1e9, -1e9, 1)):
        given = {"x": np.full(feeds["x"].shape, x), "z": np.full(feeds["z"].shape, z), "m": feeds["m"] * m}
        outputs = zk.verify(keys.statement, zk.prove(keys, given, allow_toy=True).to_bytes(), allow_toy=True)
        typed = {name: array.astype(feeds[name].dtype) for name, array in given.items()}
        for ours, theirs in zip(
            outputs.tensors, run_model(proto, [o.name for o in proto.graph.output], typed), strict=True
        ):
            np.testing.assert_allclose(np.reshape(ours.display, theirs.shape), theirs, rtol=1e-6)


def test_sums_that_reach_few_of_many_codes_are_proved(tmp_path):
    # A mask that others quantised with 16 bits takes a scale beside which the scores are next to nothing.
    nodes = [
        node("Cast", "m", "cond", to=TensorProto.BOOL),
        node("Div", "x two", "half"),
        node("Where", "cond half far", "y"),
    ]
    feeds = {"x": SCORES, "m": MASK.astype(np.int64)}
    proto = quantised(nodes, feeds, ["y"], {"two": np.float32(2), "far": np.float32(-3.4e38)}, "uint16")
    for one in proto.graph.node:
        if one.op_type == "Where":
            one.input[1] = "half"
    path = tmp_path / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    keys = zk.setup(path)
    outputs = zk.verify(keys.statement, zk.prove(keys, feeds).to_bytes())
    (theirs,) = run_model(proto, [proto.graph.output[0].name], feeds)
    np.testing.assert_allclose(outputs.display, theirs.reshape(-1), rtol=1e-6)


def test_scores_can_be_compared_with_a_sum_that_nothing_quantises(tmp_path):
    x = normal(4, 6)
    ends = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 6])
    constants = {"s": np.float32(1 / 64), "n": np.int8(0), "w": on_grid(6, 3), "half": np.float32(0.5)}
    nodes = [
        node("QuantizeLinear", "x s n", "q"),
        node("DequantizeLinear", "q s n", "d"),
        node("MatMul", "d w", "sums"),
        node("GreaterOrEqual", "sums half", "y"),
    ]
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    made = helper.make_graph(nodes, "sums", [ends], [helper.make_empty_tensor_value_info("y")], held)
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    same_outputs(tmp_path, proto, {"x": x})


def test_a_choice_that_nothing_quantises_keeps_the_codes_of_its_tensor(tmp_path):
    # The largest of the entries that are seen, as pooling writes it; quantisers leave the choice as it is.
    nodes = [
        node("Cast", "m", "cond", to=TensorProto.BOOL),
        node("Where", "cond x far", "chosen"),
        node("ReduceMax", "chosen axis", "y", keepdims=0),
    ]
    feeds = {"x": SCORES, "m": MASK.astype(np.int64)}
    feeds["m"][..., 0] = 1
    proto = quantised(nodes, feeds, ["y"], {"far": np.float32(-1e4), "axis": np.int64([3])})
    for one in proto.graph.node:
        if one.op_type == "ReduceMax":
            one.input[0] = "chosen"
    agreement = compare(tmp_path, proto, feeds)
    agreement.require(0.0)
    lowered(agreement.network, feeds).check()
