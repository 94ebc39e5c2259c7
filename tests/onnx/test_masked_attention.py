"""Attention with masks as exporters write them: quantised without losing the scores, onnxruntime's codes, proved."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from tests.onnx.agreement import compare, run_model
from tests.onnx.models import graph, model, node
from tests.onnx.quantising import quantised
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.quality import compare as quality
from zkinfer_verify.errors import UsageError

TOY = {"profile": "toy", "allow_toy": True}
WORDS, LENGTH, WIDTH, HEADS = 20, 6, 8, 2
LEAST = np.float32(-3.4028234663852886e38)
CAUSAL = np.tril(np.ones((1, 1, LENGTH, LENGTH), dtype=bool))
SPREAD = [node("Unsqueeze", "mask one_two", "spread")]
BOOL = [*SPREAD, node("Cast", "spread", "seen", to=TensorProto.BOOL)]
FLOAT = [*SPREAD, node("Cast", "spread", "real", to=TensorProto.FLOAT)]
FORMS = {
    "bert": [*FLOAT, node("Sub", "one real", "hidden"), node("Mul", "hidden far", "m"), node("Add", "s m", "masked")],
    "bert of the least float": [
        *FLOAT,
        node("Sub", "one real", "hidden"),
        node("Mul", "hidden least", "m"),
        node("Add", "m s", "masked"),
    ],
    "a factor that is positive": [
        *FLOAT,
        node("Sub", "real one", "hidden"),
        node("Mul", "hidden high", "m"),
        node("Add", "s m", "masked"),
    ],
    "distilbert": [
        *SPREAD,
        node("Equal", "spread none", "hidden"),
        node("Expand", "hidden shape", "everywhere"),
        node("Where", "everywhere least s", "masked"),
    ],
    "choice of what is added": [*BOOL, node("Where", "seen zero least", "m"), node("Add", "s m", "masked")],
    "gpt, added": [node("Add", "s triangle", "masked")],
    "gpt, chosen": [node("Where", "causal s least", "masked")],
    "causal and padding, of truth values": [
        *BOOL,
        node("And", "causal seen", "both"),
        node("Where", "both zero infinite", "m"),
        node("Add", "s m", "masked"),
    ],
    "causal and padding, one after the other": [
        *FLOAT,
        node("Sub", "one real", "hidden"),
        node("Mul", "hidden far", "m"),
        node("Where", "causal s far", "first"),
        node("Add", "first m", "masked"),
    ],
    "causal and padding, added before": [
        *FLOAT,
        node("Sub", "one real", "hidden"),
        node("Mul", "hidden least", "padding"),
        node("Add", "triangle padding", "m"),
        node("Add", "s m", "masked"),
    ],
    "opt, with a floor": [
        *FLOAT,
        node("Sub", "one real", "hidden"),
        node("Mul", "hidden least", "m"),
        node("Add", "s m", "sum"),
        node("Max", "sum least", "masked"),
    ],
    "xlnet, subtracted": [
        *FLOAT,
        node("Sub", "one real", "hidden"),
        node("Mul", "high hidden", "m"),
        node("Sub", "s m", "masked"),
    ],
    "masks of the window and a bias": [
        *FLOAT,
        node("Sub", "one real", "hidden"),
        node("Mul", "hidden hundred", "m"),
        node("Add", "s bias", "biased"),
        node("Add", "biased m", "masked"),
    ],
}
NAN = [node("IsNaN", "a", "nothing"), node("Where", "nothing zero a", "kept")]
"""As exporters write rows without an entry that is seen, whose softmax has no value."""


def attention(name, behind=()):
    """One layer of attention over words, with scores as wide as those of trained networks."""
    rng = np.random.default_rng(3)

    def draw(*shape, scale=0.5):
        return (scale * rng.standard_normal(shape)).astype(np.float32)

    nodes = [
        node("Gather", "words ids", "e"),
        node("MatMul", "e wq", "q0"),
        node("Reshape", "q0 heads", "q1"),
        node("Transpose", "q1", "q", perm=[0, 2, 1, 3]),
        node("MatMul", "e wk", "k0"),
        node("Reshape", "k0 heads", "k1"),
        node("Transpose", "k1", "k", perm=[0, 2, 3, 1]),
        node("MatMul", "q k", "products"),
        node("Div", "products two", "s"),
        *FORMS[name],
        node("Softmax", "masked", "a", axis=-1),
        *behind,
        node("Reshape", "e heads", "v1"),
        node("Transpose", "v1", "v", perm=[0, 2, 1, 3]),
        node("MatMul", f"{'kept' if behind else 'a'} v", "o"),
        node("Transpose", "o", "o1", perm=[0, 2, 1, 3]),
        node("Reshape", "o1 flat", "y"),
    ]
    constants = {
        "words": draw(WORDS, WIDTH, scale=1.0),
        "wq": draw(WIDTH, WIDTH, scale=0.8),
        "wk": draw(WIDTH, WIDTH, scale=0.8),
        "heads": np.int64([1, LENGTH, HEADS, WIDTH // HEADS]),
        "flat": np.int64([1, LENGTH, WIDTH]),
        "shape": np.int64([1, HEADS, LENGTH, LENGTH]),
        "one_two": np.int64([1, 2]),
        "none": np.int64(0),
        "two": np.float32(2),
        "zero": np.float32(0),
        "one": np.float32(1),
        "far": np.float32(-10000),
        "high": np.float32(65500),
        "hundred": np.float32(-100),
        "least": LEAST,
        "infinite": np.float32(-np.inf),
        "causal": CAUSAL,
        "triangle": np.where(CAUSAL, np.float32(0), LEAST if "padding" in name else np.float32(-np.inf)),
        "bias": draw(1, HEADS, LENGTH, LENGTH),
    }
    read = {one for each in nodes for one in each.input}
    inputs = [helper.make_tensor_value_info(one, TensorProto.INT64, [1, LENGTH]) for one in inputs_of(name)]
    held = [numpy_helper.from_array(np.asarray(a), one) for one, a in constants.items() if one in read]
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, LENGTH, WIDTH])
    made = helper.make_graph(nodes, "attention", inputs, [out], held)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def inputs_of(name):
    return ("ids", "mask") if any("mask" in one.input for one in FORMS[name]) else ("ids",)


def words(name, seen=None, seed=0):
    """Words, of which the first ones are seen."""
    rng = np.random.default_rng(seed)
    drawn = {"ids": rng.integers(0, WORDS, (1, LENGTH))}
    if "mask" in inputs_of(name):
        drawn["mask"] = (np.arange(LENGTH)[None] < (rng.integers(2, LENGTH + 1) if seen is None else seen)).astype(int)
    return drawn


def calibration(name):
    return [words(name, seed=seed) for seed in range(8)]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("settings", [{}, {"preset": "mixed"}, {"power_of_two": True}], ids=str)
def test_masks_cost_no_precision_and_codes_are_onnxruntimes(tmp_path, name, settings):
    data = calibration(name)
    result = quantised(attention(name), data, **settings)
    (output,) = quality(result.prepared, result.quantised, data)
    assert output.decibels > (26 if "power_of_two" not in settings else 22)
    for sample in (data[0], words(name, seed=91)):
        compare(tmp_path, result.quantised, sample).require(0.0)


@pytest.mark.parametrize("name", FORMS)
def test_what_is_masked_has_no_weight(name):
    data = calibration(name)
    proto = quantised(attention(name), data).quantised
    codes = next(one.output[0] for one in proto.graph.node if one.op_type == "QuantizeLinear" and one.input[0] == "a")
    zero = next(one.input[2] for one in proto.graph.node if one.output[0] == codes)
    for sample in data:
        (weights,) = run_model(proto, [codes], sample)
        seen = np.ones((LENGTH, LENGTH), dtype=bool)
        if "mask" in sample:
            seen &= sample["mask"].astype(bool)
        if "gpt" in name or "causal" in name:
            seen &= CAUSAL[0, 0]
        hidden = np.broadcast_to(~seen, weights.shape)
        assert np.all(weights[hidden] == Network(proto).constants[zero])


@pytest.mark.parametrize("name", ["bert", "distilbert", "causal and padding, of truth values", "gpt, added"])
def test_masked_attention_is_proved(tmp_path, name):
    behind = NAN if "truth" in name else ()
    proto = quantised(attention(name, behind), calibration(name)).quantised
    path = tmp_path / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    keys = zk.setup(path, **TOY)
    for seen in (LENGTH, 2, 0) if "mask" in inputs_of(name) else (LENGTH,):
        x = words(name, seen, seed=5)
        given = x if len(x) > 1 else x["ids"]
        outputs = zk.verify(keys.statement, zk.prove(keys, given, allow_toy=True).to_bytes(), allow_toy=True)
        (theirs,) = run_model(proto, ["y"], x)
        np.testing.assert_allclose(outputs.display, theirs.reshape(-1), atol=1e-6)


def test_masks_are_left_alone_where_something_else_reads_them():
    proto = attention("bert")
    proto.graph.node.append(node("ReduceSum", "m", "total", keepdims=0))
    proto.graph.output.append(helper.make_tensor_value_info("total", TensorProto.FLOAT, None))
    data = [{**words("bert", seen, seed=seen)} for seen in (2, 4, 6)]
    result = quantised(proto, data)
    for sample in data:
        (total,) = run_model(result.quantised, ["total"], sample)
        np.testing.assert_allclose(total, -10000.0 * (LENGTH - sample["mask"].sum()), atol=100)


def test_a_mask_of_infinities_that_others_quantised_is_refused_with_the_remedy(tmp_path):
    proto = quantised(attention("gpt, chosen"), calibration("gpt, chosen")).quantised
    scale = next(one.input[1] for one in proto.graph.node if one.op_type == "QuantizeLinear")
    next(one for one in proto.graph.initializer if one.name == scale).CopyFrom(
        numpy_helper.from_array(np.array(np.inf, dtype=np.float32), scale)
    )
    path = tmp_path / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(UsageError, match="scale is inf, as of a mask of infinities; quantise the float model"):
        zk.setup(path, **TOY)


def test_masks_of_matrices_are_found_although_the_optimiser_joins_them(tmp_path):
    rng = np.random.default_rng(3)
    nodes = [
        node("MatMul", "x wq", "q"),
        node("MatMul", "x wk", "k0"),
        node("Transpose", "k0", "k", perm=[1, 0]),
        node("MatMul", "q k", "s"),
        node("Add", "s triangle", "masked"),
        node("Softmax", "masked", "a", axis=-1),
        node("MatMul", "a x", "y"),
    ]
    triangle = np.where(CAUSAL[0, 0], np.float32(0), np.float32(-np.inf))
    constants = {"wq": rng.normal(size=(8, 8)), "wk": rng.normal(size=(8, 8)), "triangle": triangle}
    held = {name: np.asarray(array, dtype=np.float32) for name, array in constants.items()}
    proto = model(graph(nodes, {"x": [LENGTH, 8]}, "y", held))
    data = [{"x": rng.normal(size=(LENGTH, 8)).astype(np.float32)} for _ in range(6)]
    result = quantised(proto, data)
    (output,) = quality(result.prepared, result.quantised, data)
    assert output.decibels > 20
    compare(tmp_path, result.quantised, data[0]).require(0.0)
