"""Nodes between which the model quantises nothing: what is held there is fine and wide, and the codes still agree."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from tests.network.lowered import lowered
from tests.onnx.agreement import compare
from tests.onnx.test_linear_families import agree, node, normal

X = normal(1, 3, 8, 8)
CONV = node("Conv", "x_real w", "c", pads=[1, 1, 1, 1])
ISLANDS = {
    "a function after another reader": [node("Neg", "c", "n"), node("Sigmoid", "c", "g"), node("Add", "n g", "a")],
    "a clamp after another reader": [node("Neg", "c", "n"), node("Relu", "c", "g"), node("Add", "n g", "a")],
    "a product with itself": [node("Mul", "c c", "m"), node("Tanh", "c", "g"), node("Sub", "m g", "a")],
    "an activation by its gate": [node("Sigmoid", "c", "g"), node("Mul", "g c", "a")],
    "a clamp between wholes": [node("Clip", "c low high", "g"), node("Mul", "g half", "a")],
    "a product of matrices": [node("Tanh", "c", "g"), node("Neg", "c", "n"), node("MatMul", "g n", "a")],
}


def model(nodes):
    """Codes of x go in, codes of a come out."""
    constants = {
        "w": normal(4, 3, 3, 3, scale=0.3),
        "s": np.float32(0.031),
        "z": np.int8(3),
        "half": np.float32(0.5),
        "low": np.float32(-0.3),
        "high": np.float32(0.7),
    }
    pairs = [
        helper.make_node(op, [name, "s", "z"], [out], name=out)
        for op, name, out in (
            ("QuantizeLinear", "x", "x_codes"),
            ("DequantizeLinear", "x_codes", "x_real"),
            ("QuantizeLinear", "a", "a_codes"),
            ("DequantizeLinear", "a_codes", "y"),
        )
    ]
    graph = helper.make_graph(
        [*pairs[:2], CONV, *nodes, *pairs[2:]],
        "island",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, X.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


HELD = ("a product with itself", "a product of matrices")
"""Functions that are multiplied are held in 16 bits, so that a few of 256 codes are off by one."""


@pytest.mark.parametrize("name", ISLANDS)
def test_codes_after_what_is_not_quantised(name, tmp_path):
    agreement = compare(tmp_path, model(ISLANDS[name]), {"x": X})
    agreement.require(0.02 if name in HELD else 0.0)
    lowered(agreement.network, {"x": X}).check()


def test_what_is_not_quantised_is_proved(tmp_path):
    path = tmp_path / "island.onnx"
    path.write_bytes(model(ISLANDS["a clamp after another reader"]).SerializeToString())
    keys = zk.setup(path, profile="toy", allow_toy=True)
    proof = zk.prove(keys, X, allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, proof, model=path, allow_toy=True)
    assert outputs.integers == tuple(zk.infer(path, X)[0].integers.reshape(-1).tolist())


def test_refuses_integers_that_grow_too_large(tmp_path):
    path = tmp_path / "deep.onnx"
    powers = [node("Cast", "x_codes", "i", to=TensorProto.INT64), node("Cast", "i", "f0", to=TensorProto.FLOAT)]
    powers += [node("Mul", f"f{k} f{k}", f"f{k + 1}") for k in range(3)]
    path.write_bytes(model([*powers, node("Mul", "f3 f3", "a")]).SerializeToString())
    with pytest.raises(zk.UsageError, match=r"its integers could reach 2\^\d+; quantise what it reads"):
        zk.infer(path, X)


@pytest.mark.parametrize("moves", [False, True])
def test_a_function_of_scaled_codes_is_a_table_of_codes(tmp_path, moves):
    # As exporters write Gelu: nothing quantises the quotient.
    before = [node("Div", "x root", "quotient")]
    before += [node("Clip", "quotient least", "clipped"), node("Erf", "clipped")]
    constants = {"root": np.array(2**0.5, np.float32), "least": np.array(-1.3, np.float32)}
    if moves:
        before[1:2] = [node("Clip", "quotient least", "other"), node("Transpose", "other", "clipped")]
    agree(tmp_path, before, {"x": normal(40, 50)}, constants, share=0.01 if moves else 0.0)
