"""Nodes between which the model quantises nothing: what is held there is fine and wide, and the codes still agree."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from tests.network.lowered import lowered
from tests.onnx.agreement import compare, run_model
from tests.onnx.test_linear_families import node, normal
from zkinfer.network.operation import ignore
from zkinfer.program.from_network import integers_of

X = normal(1, 3, 8, 8)
SCALE = np.float32(0.031)
WEIGHTS = normal(4, 3, 3, 3, scale=0.3)
CONV = node("Conv", "x_real w", "c", pads=[1, 1, 1, 1])
HALF_STEP = 256 * float(SCALE) * np.abs(WEIGHTS).sum(axis=(1, 2, 3)).max() / 2**17
"""A function of a sum that nothing quantises is looked up at 2^16 arguments between the sum's bounds, .."""
HALF_CODE = 1 / 2**16
"""and held in 16 bits, of a peak of 1 here."""
ISLANDS = {
    "a function after another reader": [node("Neg", "c", "n"), node("Sigmoid", "c", "g"), node("Add", "n g", "a")],
    "a clamp after another reader": [node("Neg", "c", "n"), node("Relu", "c", "g"), node("Add", "n g", "a")],
    "a product with itself": [node("Mul", "c c", "m"), node("Tanh", "c", "g"), node("Sub", "m g", "a")],
    "an activation by its gate": [node("Sigmoid", "c", "g"), node("Mul", "g c", "a")],
    "a clamp between wholes": [node("Clip", "c low high", "g"), node("Mul", "g half", "a")],
    "a product of matrices": [node("Tanh", "c", "g"), node("Neg", "c", "n"), node("MatMul", "g n", "a")],
}
SLOPES = {
    "a function after another reader": lambda c: np.full_like(c, 0.25),
    "a product with itself": np.ones_like,
    "an activation by its gate": lambda c: np.maximum(1, np.abs(c)) / 4,
    "a product of matrices": lambda c: np.abs(c).sum(axis=-2, keepdims=True),
}
"""How far results move for what functions' arguments move at most, by the sums; without a function they do not."""
MULTIPLES = {
    "a quotient": [node("Div", "x_real root", "c"), node("Erf", "c", "a")],
    "a product and a sum": [node("Mul", "half x_real", "m"), node("Add", "m low", "c"), node("Tanh", "c", "a")],
    "a quotient, clamped and moved": [
        node("Div", "x_real root", "q"),
        node("Clip", "q low", "m"),
        node("Transpose", "m", "c", perm=[0, 2, 1, 3]),
        node("Erf", "c", "a"),
    ],
    "another sign, clamped": [node("Neg", "x_real", "m"), node("Relu", "m", "c"), node("Sigmoid", "c", "a")],
}


def model(nodes, first=(CONV,)):
    """Codes of x go in, codes of a come out."""
    constants = {
        "w": WEIGHTS,
        "s": SCALE,
        "z": np.int8(3),
        "half": np.float32(0.5),
        "root": np.float32(2**0.5),
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
        [*pairs[:2], *first, *nodes, *pairs[2:]],
        "island",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, X.shape if first else (1, 4, 8, 8))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


@pytest.mark.parametrize("name", ISLANDS)
def test_codes_after_what_is_not_quantised(name, tmp_path):
    proto = model(ISLANDS[name])
    network = compare(tmp_path, proto, {"x": X}).network
    sums, exact = run_model(proto, ["c", "a"], {"x": X})
    moved = (SLOPES[name](sums) if name in SLOPES else 0.0) * (HALF_STEP + HALF_CODE)
    codes = np.clip(exact.astype(np.float64) / SCALE, -131, 124)  # less the zero point
    distance = np.abs(computed(network, X).reshape(codes.shape) - codes)
    assert np.all(distance <= 0.5 + moved / SCALE + 1e-4)
    lowered(network, {"x": X}).check()


@pytest.mark.parametrize("name", MULTIPLES)
def test_functions_of_multiples_of_codes_are_exact(name, tmp_path):
    """However coarse the codes, their multiples are nowhere between two steps of a table."""
    x = (SCALE * np.arange(-131, 125, dtype=np.float32)).reshape(1, 4, 8, 8)
    agreement = compare(tmp_path, model(MULTIPLES[name], ()), {"x": x})
    agreement.require(0.0)
    lowered(agreement.network, {"x": x}).check()


def computed(network, x):
    """Return the integers of a network's only output."""
    tensors = {port.tensor: integers_of(port, x) for port in network.inputs}
    for one in network.nodes:
        tensors[one.name] = one.op.execute([tensors[name] for name in one.inputs], ignore)
    return tensors[network.outputs[0].tensor]


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


@pytest.mark.parametrize(
    "first", [node("Sub", "x half", "c"), node("DepthToSpace", "x", "c", blocksize=2), node("MatMul", "x x", "c")]
)
def test_names_an_input_that_a_quantised_model_leaves_in_float(tmp_path, first):
    """As onnxruntime's quantiser leaves what it has no operator for; the model as a whole is quantised."""
    path = tmp_path / "left.onnx"
    path.write_bytes(model([first, node("Relu", "c", "a")], ()).SerializeToString())
    with pytest.raises(zk.UsageError, match=r"its input 'x' enters in float, .* node behind that input, or"):
        zk.infer(path, np.zeros((1, 4, 8, 8), np.float32))
