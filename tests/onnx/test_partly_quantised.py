"""Models in which only some operators are quantised: between them sums are wide, and of several scales."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.network.lowered import lowered
from tests.onnx.agreement import compare, run_model
from tests.onnx.test_linear_families import node, normal

X = normal(1, 3, 8, 8)
CONSTANTS = {
    "w": normal(4, 3, 3, 3, scale=0.3),
    "v": normal(4, 3, 1, 1, seed=2),
    "gain": 1 + normal(8, seed=3, scale=0.1),
    "bias": normal(8, seed=4, scale=0.1),
    "places": normal(1, 4, 8, 8, seed=5),
    "axes": np.array([1], np.int64),
    "tiny": np.float32(1e-10),
    "small": np.float32(0.003),
    "one": np.float32(1),
    "extents": np.array([1, 4, 8, 8], np.int64),
    "e_s": np.float32(0.03),
    "e_z": np.int8(4),
    "far": np.float32(-0.8),
    "least": np.float32(-3.4e38),
    "triangle": np.triu(np.full((8, 8), -1e9, np.float32), 1),
    "infinite": np.triu(np.full((8, 8), -np.inf, np.float32), 1),
}
CONV = node("Conv", "x_real w", "c", pads=[1, 1, 1, 1])
QUANTISED = node("QuantizeLinear", "d e_s e_z", "e_q"), node("DequantizeLinear", "e_q e_s e_z", "e")
OTHER = node("Conv", "x_real v", "d")
PARTS = {
    "tensors of several scales": [
        CONV,
        OTHER,
        node("Relu", "d", "r"),
        node("Mul", "c small", "s"),
        node("MaxPool", "x_real", "p", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Concat", "r s p", "t", axis=1),
        node("GlobalAveragePool", "t", "a"),
    ],
    "a clamp that two read": [
        CONV,
        node("Relu", "c", "r"),
        node("MaxPool", "r", "p", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Sub", "r p", "a"),
    ],
    "the largest of a sum": [CONV, node("ReduceMax", "c axes", "a")],
    "the largest of sums that two read": [CONV, node("ReduceMax", "c axes", "m"), node("Sub", "c m", "a")],
    "rows of sums of several scales": [
        CONV,
        node("Mul", "c small", "s"),
        node("Add", "d s", "t"),
        OTHER,
        node("LayerNormalization", "t gain bias", "a"),
    ],
    "images": [CONV, OTHER, node("Add", "c d", "t"), node("InstanceNormalization", "t four four", "a")],
    "scores with biases": [OTHER, node("Add", "d places", "s"), node("Softmax", "s", "a")],
    "scores with a constant mask": [OTHER, *QUANTISED, node("Add", "e triangle", "s"), node("Softmax", "s", "a")],
    "scores with an infinite mask": [OTHER, *QUANTISED, node("Add", "e infinite", "s"), node("Softmax", "s", "a")],
    "scores with a hidden mask": [
        OTHER,
        *QUANTISED,
        node("Greater", "x_real far", "seen"),
        node("Cast", "seen", "number", to=TensorProto.FLOAT),
        node("Sub", "one number", "hidden"),
        node("ReduceMax", "hidden axes", "row"),
        node("Mul", "row least", "mask"),
        node("Add", "e mask", "s"),
        node("Softmax", "s", "a"),
    ],
    "chosen scores": [
        OTHER,
        *QUANTISED,
        node("Greater", "x_real far", "seen"),
        node("Cast", "seen", "number", to=TensorProto.FLOAT),
        node("ReduceMin", "number axes", "row"),
        node("Cast", "row", "kept", to=TensorProto.BOOL),
        node("Where", "kept e least", "s"),
        node("Softmax", "s", "a"),
    ],
    "the root of a mean": [
        OTHER,
        node("Mul", "d d", "q"),
        node("ReduceMean", "q axes", "m"),
        node("Add", "m tiny", "t"),
        node("Sqrt", "t", "l"),
        node("Div", "one l", "i"),
        node("Mul", "d i", "a"),
    ],
    "constants among tensors": [OTHER, node("Concat", "d places", "t", axis=1), node("ReduceSum", "t axes", "a")],
    "a row by its length, kept from zero": [
        OTHER,
        node("ReduceL2", "d axes", "l"),
        node("Clip", "l tiny", "k"),
        node("Expand", "k extents", "m"),
        node("Div", "d m", "a"),
    ],
    "a row by its length": [OTHER, node("ReduceL2", "d axes", "l"), node("Div", "d l", "a")],
    "a row by the root of its squares": [
        OTHER,
        node("Mul", "d d", "q"),
        node("ReduceSum", "q axes", "s"),
        node("Add", "s tiny", "t"),
        node("Sqrt", "t", "l"),
        node("Div", "d l", "a"),
    ],
    "magnitudes": [CONV, node("ReduceL1", "c axes", "a")],
    "the place of the largest": [CONV, node("ArgMax", "c", "i", axis=1), node("Cast", "i", "a", to=TensorProto.FLOAT)],
}
ROUNDED = {
    "scores with biases": 0.08,
    "a row by its length": 0.004,
    "magnitudes": 0.016,
}
"""Functions of sums are looked up in steps."""


def model(nodes, x=X):
    """Codes of x and of a alone; a's scale is that of its values."""
    nodes = sorted(nodes, key=lambda one: one.op_type != "Conv")
    constants = CONSTANTS | {"four": np.ones(4, np.float32)}

    def made(placed, outputs):
        graph = helper.make_graph(
            placed,
            "part",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)

    (values,) = run_model(made([node("Identity", "x", "x_real"), *nodes], ["a"]), ["a"], {"x": x})
    pairs = []
    for name, array, out in (("x", x, "x_real"), ("a", values, "y")):
        lo, hi = min(0.0, float(array.min())), max(0.0, float(array.max()))
        constants[f"{name}_s"] = np.float32((hi - lo) / 255)
        constants[f"{name}_z"] = np.int8(np.clip(np.rint(-128 - lo * 255 / (hi - lo)), -128, 127))
        pairs.append(node("QuantizeLinear", f"{name} {name}_s {name}_z", f"{name}_codes"))
        pairs.append(node("DequantizeLinear", f"{name}_codes {name}_s {name}_z", out))
    return made([*pairs[:2], *nodes, *pairs[2:]], ["y"])


@pytest.mark.parametrize("name", PARTS)
def test_codes_after_wide_sums_are_onnxruntimes(name, tmp_path):
    agreement = compare(tmp_path, model(PARTS[name]), {"x": X})
    agreement.require(ROUNDED.get(name, 0.001))
    lowered(agreement.network, {"x": X}).check()


@pytest.mark.parametrize("name", ["uint8", "int8"])
def test_pixels_that_are_all_ties_are_rounded_as_float32_does(name, tmp_path):
    """x / 127.5 - 1 in codes of 2 / 255: each code lies between two, and float32 decides."""
    kind = TensorProto.UINT8 if name == "uint8" else TensorProto.INT8
    limits = np.iinfo(name)
    codes = np.arange(limits.min, limits.max + 1, dtype=name).reshape(1, 1, 16, 16)
    constants = {"part": np.float32(1 / 127.5), "one": np.float32(1), "s": np.float32(2 / 255), "z": np.int8(0)}
    nodes = [node("Cast", "x", "f", to=1), node("Mul", "f part", "m"), node("Sub", "m one", "n")]
    nodes += [node("QuantizeLinear", "n s z", "q"), node("DequantizeLinear", "q s z", "y")]
    graph = helper.make_graph(
        nodes,
        "pixels",
        [helper.make_tensor_value_info("x", kind, codes.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    agreement = compare(tmp_path, proto, {"x": codes})
    agreement.require(0.0)
    lowered(agreement.network, {"x": codes}).check()
