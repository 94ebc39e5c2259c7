"""Codes that an operator reads without a DequantizeLinear are integers, as in onnxruntime; or the node is refused."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from tests.network.lowered import lowered
from tests.onnx.models import run
from tests.onnx.test_whole_numbers import TOY
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import translate

CONSTANTS = {
    "s": np.float32(0.5),
    "z": np.uint8(9),
    "fine": np.float32(0.25),
    "middle": np.uint8(100),
    "one": np.float32(1.0),
    "seven": np.uint8(7),
    "sixty": np.uint8(60),
    "three": np.int32(3),
    "far": np.int32(100001),
    "row": np.array([[1, 200]], dtype=np.uint8),
    "wide": np.array([[100001, 3]], dtype=np.int32),
    "around": np.array([0, 1, 0, 2]),
    "odd": np.array([3, 0, 2]),
    "two": np.array([2]),
    "grown": np.array([1, 1.5], dtype=np.float32),
}


def node(op_type, inputs, output="y", **attributes):
    outputs = output.split()
    return helper.make_node(op_type, inputs.split(","), outputs, name=f"{op_type}_{outputs[0]}", **attributes)


CAST = {"to": TensorProto.INT32}
INTEGERS = [node("Cast", "q", "i", **CAST)]
OTHER = [node("DequantizeLinear", "q,s,z", "r"), node("QuantizeLinear", "r,fine,middle", "p")]
REAL = {
    "largest of windows": [node("MaxPool", "q", "k", kernel_shape=[3], pads=[1, 1]), node("DequantizeLinear", "k,s,z")],
    "joined": [node("Concat", "q,q", "k", axis=1), node("DequantizeLinear", "k,s,z")],
    "joined with a constant": [node("Concat", "q,row", "k", axis=1), node("DequantizeLinear", "k,s,z")],
    "clamped": [node("Clip", "q,seven,sixty", "k"), node("DequantizeLinear", "k,s,z")],
    "padded with the code zero": [node("Pad", "q,around", "k"), node("DequantizeLinear", "k,s,z")],
    "gathered": [node("Gather", "q,odd", "k", axis=1), node("DequantizeLinear", "k,s,z")],
    "of another scale": [node("DequantizeLinear", "q,fine,middle")],
    "of integers": [*INTEGERS, node("Mul", "i,three", "k"), node("DequantizeLinear", "k,fine")],
    "as floats": [node("Cast", "q", "f", to=TensorProto.FLOAT), node("Mul", "f,s")],
}
WHOLE = {
    "largest of two scales": [*OTHER, node("Max", "q,p", "k"), node("Cast", "k", **CAST)],
    "smallest of one scale": [*OTHER, node("Max", "q,q,q", "k"), node("Cast", "k", **CAST)],
    "largest with a constant": [node("Max", "q,seven", "k"), node("Cast", "k", **CAST)],
    "joined of two scales": [*OTHER, node("Concat", "q,p", "k", axis=1), node("Cast", "k", **CAST)],
    "joined with wide integers": [*INTEGERS, node("Concat", "i,wide", axis=1)],
    "padded": [node("Pad", "q,around,seven", "k"), node("Cast", "k", **CAST)],
    "taken in no regular order": [node("Gather", "q,odd", "k", axis=1), node("Cast", "k", **CAST)],
    "stretched": [node("Resize", "q,,grown", "k"), node("Cast", "k", **CAST)],
    "largest in order": [node("TopK", "q,two", "k places"), node("Cast", "k", **CAST)],
    "magnitudes of sums": [*INTEGERS, node("Sub", "i,far", "d"), node("Abs", "d")],
    "signs": [*INTEGERS, node("Sub", "i,three", "d"), node("Sign", "d")],
    "real numbers of scale one": [
        node("DequantizeLinear", "q,one,z", "r"),
        node("Cast", "r", "i", **CAST),
        node("Add", "i,three", "j"),
        node("Cast", "j", to=TensorProto.INT64),
    ],
}
REFUSED = {
    "sums that wrap around": ([node("Add", "q,seven")], "its integers range in 7..262, which uint8 does not hold"),
    "products that wrap around": ([node("Mul", "q,q")], "range in 0..65025, which uint8 does not hold"),
    "products of sixteen bits": (
        [node("Cast", "q", "i", to=TensorProto.INT16), node("Mul", "i,i")],
        "0..65025, which int16 does not hold",
    ),
    "quotients": ([*INTEGERS, node("Div", "three,i")], "it divides or rounds integers; cast them to float before it"),
    "means": ([*INTEGERS, node("ReduceMean", "i")], "it divides or rounds integers"),
    "entries in between": ([node("Resize", "q,,grown", mode="linear")], "it divides or rounds integers"),
}


def model(nodes, x, y, constants=CONSTANTS):
    ends = [[helper.make_tensor_value_info(name, *end)] for name, end in (("x", x), ("y", y))]
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "codes", *ends, held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def saved(folder, nodes, kind=TensorProto.FLOAT):
    shape = (1, 2, 8) if nodes[0].op_type == "MaxPool" else (1, 8)
    made = model([node("QuantizeLinear", "x,s,z", "q"), *nodes], (TensorProto.FLOAT, shape), (kind, None))
    path = folder / "codes.onnx"
    path.write_bytes(made.SerializeToString())
    return path


def drawn(path):
    shape = read_onnx(path, {}).shapes["x"]
    return (20 * np.random.default_rng(3).normal(size=shape)).astype(np.float32)


@pytest.mark.parametrize("name", [*REAL, *WHOLE])
def test_integers_of_codes_are_onnxruntimes(name, tmp_path):
    nodes = REAL.get(name) or WHOLE[name]
    last = next((a.i for a in nodes[-1].attribute if a.name == "to"), TensorProto.INT32)
    path = saved(tmp_path, nodes, TensorProto.FLOAT if name in REAL else last)
    x = drawn(path)
    (theirs,), (ours,) = run(onnx.load(path), {"x": x}), zk.infer(path, x)
    np.testing.assert_array_equal(np.asarray(ours.values).reshape(theirs.shape), theirs)
    network = translate(read_onnx(path, {})).network
    lowered(network, {"x": x}).check()


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_integers_that_would_wrap_around_or_be_rounded(name, tmp_path):
    nodes, reason = REFUSED[name]
    (problem,) = translate(read_onnx(saved(tmp_path, nodes), {})).problems
    assert reason in str(problem)


def test_codes_of_a_caller_are_integers_too(tmp_path):
    nodes = [node("Max", "x,seven", "m"), node("Slice", "m,two,three", "k"), node("DequantizeLinear", "k,s,z")]
    constants = {**CONSTANTS, "two": np.array([0, 1]), "three": np.array([1, 6])}
    made = model(nodes, (TensorProto.UINT8, (1, 8)), (TensorProto.FLOAT, None), constants)
    (tmp_path / "m.onnx").write_bytes(made.SerializeToString())
    x = np.random.default_rng(3).integers(0, 256, (1, 8)).astype(np.uint8)
    np.testing.assert_array_equal(zk.infer(tmp_path / "m.onnx", x)[0].values, run(made, {"x": x})[0])


def test_integers_of_codes_are_proved(tmp_path):
    path = saved(tmp_path, WHOLE["joined of two scales"], TensorProto.INT32)
    keys, x = zk.setup(path, **TOY), drawn(path)
    proof = zk.prove(keys, x, allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, proof, model=path, allow_toy=True)
    assert outputs.integers == tuple(run(onnx.load(path), {"x": x})[0].reshape(-1).tolist())
