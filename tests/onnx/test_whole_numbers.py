"""Whole numbers: chains exported to ONNX give the same integers again, and integer operators mean themselves."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from attacks.networks import integers
from tests.unit.test_onnx import GRAPHS
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import translate
from zkinfer.frontend.onnx_writer import write_onnx
from zkinfer.graph.graph import FullyConnected, Normalize, Relu, sequential
from zkinfer_verify.errors import UsageError

TOY = {"profile": "toy", "allow_toy": True}
"""Float32 is exact below 2^24, which no sum of these networks reaches."""


def drawn(shape, count=3, kind=np.int8):
    limits = np.iinfo(kind)
    return np.random.default_rng(5).integers(limits.min, limits.max + 1, (count, *shape)).astype(kind)


def runtime(path, feeds):
    return onnxruntime.InferenceSession(str(path)).run(None, feeds)[0]


@pytest.mark.parametrize("name", GRAPHS)
def test_an_exported_chain_gives_the_same_integers(name, tmp_path):
    graph, path = GRAPHS[name], tmp_path / "network.onnx"
    write_onnx(graph, path, integers=True)
    for x in drawn(graph.input_shape):
        (chain,), (network,) = zk.infer(graph, x), zk.infer(path, x)
        np.testing.assert_array_equal(network.integers, chain.integers)
        np.testing.assert_array_equal(network.values, chain.values)
        theirs = runtime(path, {graph.input: x})
        np.testing.assert_allclose(theirs, network.values, rtol=1e-6 if name == "flat" else 0)


def test_a_last_normalize_layer_displays_the_integers_before_it(tmp_path):
    graph, path = GRAPHS["flat"], tmp_path / "network.onnx"
    write_onnx(graph, path, integers=True)
    model = onnx.load(path)
    ends = [
        (end.name, [dim.dim_value for dim in end.type.tensor_type.shape.dim])
        for end in (*model.graph.input, *model.graph.output)
    ]
    assert ends == [("input", [4]), (graph.output, [3])]
    assert model.graph.node[-1].op_type == "LpNormalization"
    keys, (x,) = zk.setup(path, **TOY), drawn((4,), 1)
    outputs = zk.verify(keys.statement, zk.prove(keys, x, allow_toy=True).to_bytes(), model=path, allow_toy=True)
    assert outputs.integers == tuple(zk.infer(graph, x)[0].integers.tolist())
    np.testing.assert_allclose(outputs.display, runtime(path, {"input": x}), rtol=1e-6)
    # Another file's normalization is an operator like any other: what is shown is its result alone.
    del model.metadata_props[:]
    onnx.save(model, path)
    (port,) = translate(read_onnx(path, {})).network.outputs
    assert (port.epilogue, port.scale == 1) == ("none", False)


def test_an_exported_chain_is_proved(tmp_path):
    graph, path = GRAPHS["pooled and flattened"], tmp_path / "network.onnx"
    write_onnx(graph, path, integers=True)
    keys, (x,) = zk.setup(path, **TOY), drawn(graph.input_shape, 1)
    proof = zk.prove(keys, x, allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, proof, model=path, allow_toy=True)
    assert outputs.integers == tuple(zk.infer(graph, x)[0].integers.tolist())


def test_sums_that_float32_rounds_are_exact_here(tmp_path):
    graph, path = sequential((300,), [FullyConnected(integers(1, 4, 300, high=1 << 23))]), tmp_path / "network.onnx"
    write_onnx(graph, path, integers=True)
    (x,) = drawn((300,), 1)
    exact = graph.nodes[0].op.weights.astype(object) @ x.astype(object)
    assert zk.infer(path, x)[0].integers.reshape(-1).tolist() == exact.tolist()
    assert runtime(path, {"input": x}).reshape(-1).tolist() != exact.tolist()


@pytest.mark.parametrize(
    ("ops", "sentence"),
    [
        ([Normalize(), Relu()], "Layer normalize1 .*: its results are no whole numbers"),
        ([FullyConnected(np.array([[1.5, 2.0]]))], r"weights\[0, 0\] is not an integer"),
        ([FullyConnected(np.array([[1, (1 << 24) + 1]]))], "beyond 2\\^24 are not exact in float32"),
    ],
)
def test_refuses_what_is_not_whole(ops, sentence, tmp_path):
    with pytest.raises(UsageError, match=sentence):
        write_onnx(sequential((2,), ops), tmp_path / "network.onnx", integers=True)
    assert not list(tmp_path.iterdir())


# Integer operators.


def saved(path, nodes, x, kind, out, weights, out_kind=TensorProto.INT32):
    """An integer model from the input x to the output y."""
    ends = [helper.make_tensor_value_info("x", kind, x), helper.make_tensor_value_info("y", out_kind, out)]
    held = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    made = helper.make_model(
        helper.make_graph(nodes, "integers", ends[:1], ends[1:], held),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(made)
    path.write_bytes(made.SerializeToString())
    return path


def agrees(path, xs):
    for x in xs:
        (ours,) = zk.infer(path, x)
        np.testing.assert_array_equal(ours.values, runtime(path, {"x": x}))


@pytest.mark.parametrize(("kind", "zero"), [(np.int8, 0), (np.int8, -7), (np.uint8, 0), (np.uint8, 131)])
@pytest.mark.parametrize("weights_zero", [None, np.array(3, np.int8), np.array([1, -2, 3, 0], np.int8)])
def test_matmul_integer(kind, zero, weights_zero, tmp_path):
    weights = {"w": integers(3, 5, 4).astype(np.int8), "z": np.array(zero, kind)}
    inputs = ["x", "w", "z"]
    if weights_zero is not None:
        weights["wz"] = weights_zero
        inputs.append("wz")
    nodes = [helper.make_node("MatMulInteger", inputs, ["s"]), helper.make_node("Relu", ["s"], ["y"])]
    type_ = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    agrees(saved(tmp_path / "m.onnx", nodes, [2, 5], type_, [2, 4], weights), drawn((2, 5), kind=kind))


@pytest.mark.parametrize(("kind", "zero"), [(np.uint8, 0), (np.uint8, 131)])
@pytest.mark.parametrize("group", [1, 2])
def test_conv_integer(kind, zero, group, tmp_path):
    weights = {"w": integers(3, 4, 2 // group, 3, 2).astype(np.int8), "z": np.array(zero, kind)}
    node = helper.make_node("ConvInteger", ["x", "w", "z"], ["y"], pads=[1, 0, 2, 1], strides=[2, 1], group=group)
    type_ = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    path = saved(tmp_path / "m.onnx", [node], [1, 2, 6, 5], type_, [1, 4, 4, 5], weights)
    agrees(path, drawn((1, 2, 6, 5), kind=kind))


def test_a_chain_of_integers_is_proved(tmp_path):
    weights = {
        "w": integers(3, 6, 4).astype(np.int8),
        "b": integers(4, 4).astype(np.int32),
        "k": np.array(-3, np.int32),
        "f": np.array(0, np.int32),
    }
    nodes = [
        helper.make_node("MatMulInteger", ["x", "w"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["s"]),
        helper.make_node("Max", ["s", "f"], ["r"]),
        helper.make_node("Mul", ["r", "k"], ["p"]),
        helper.make_node("Sub", ["p", "b"], ["d"]),
        helper.make_node("Cast", ["d"], ["y"], to=TensorProto.INT64),
    ]
    path = saved(tmp_path / "m.onnx", nodes, [1, 6], TensorProto.INT8, [1, 4], weights, TensorProto.INT64)
    xs = drawn((1, 6))
    agrees(path, xs)
    keys = zk.setup(path, **TOY)
    outputs = zk.verify(keys.statement, zk.prove(keys, xs[0], allow_toy=True).to_bytes(), model=path, allow_toy=True)
    assert outputs.integers == tuple(zk.infer(path, xs[0])[0].integers.reshape(-1).tolist())


def test_integers_of_codes_are_the_codes(tmp_path):
    scale, zero = np.array(0.5, np.float32), np.array(9, np.uint8)
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("MatMulInteger", ["q", "w", "other"], ["m"]),
        helper.make_node("Cast", ["q"], ["c"], to=TensorProto.INT32),
        helper.make_node("Add", ["m", "c"], ["y"]),
    ]
    weights = {"s": scale, "z": zero, "w": integers(3, 4, 4).astype(np.int8), "other": np.array(5, np.uint8)}
    path = saved(tmp_path / "m.onnx", nodes, [1, 4], TensorProto.FLOAT, [1, 4], weights)
    agrees(path, [np.array([row], np.float32) for row in ([0, 1, -2, 3.5], [100, -200, 7, 7])])


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        (
            [
                helper.make_node("Cast", ["x"], ["f"], to=TensorProto.FLOAT),
                helper.make_node("Sqrt", ["f"], ["s"]),
                helper.make_node("Cast", ["s"], ["y"], to=TensorProto.INT32),
            ],
            "it cuts fractions off",
        ),
        (
            [
                helper.make_node("Cast", ["x"], ["i"], to=TensorProto.INT32),
                helper.make_node("Mul", ["i", "i"], ["s"]),
                helper.make_node("Mul", ["s", "s"], ["f"]),
                helper.make_node("Mul", ["f", "i"], ["y"]),
            ],
            "which int32 does not hold",
        ),
        (
            [
                helper.make_node("Cast", ["x"], ["i"], to=TensorProto.UINT8),
                helper.make_node("Cast", ["i"], ["y"], to=TensorProto.INT32),
            ],
            "which uint8 does not hold",
        ),
    ],
)
def test_nothing_wraps_around_or_is_cut_off(nodes, reason, tmp_path):
    path = saved(tmp_path / "m.onnx", nodes, [4], TensorProto.INT8, [4], {}, TensorProto.INT32)
    (problem,) = translate(read_onnx(path, {})).problems
    assert reason in problem.reason
