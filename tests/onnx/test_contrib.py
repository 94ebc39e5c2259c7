"""The shapes and types behind operators of onnxruntime's own domain are those that onnxruntime computes."""

import numpy as np
import pytest
from onnx import TensorProto

from tests.onnx.models import graph, model, node, read, run
from zkinfer.frontend.onnx.contrib import STAND_INS
from zkinfer.frontend.onnx.translate import translate

IMAGE, ROWS = (1, 2, 5, 6), (3, 4)
S, Z = np.float32(0.5), np.uint8(3)
KERNEL = np.ones((4, 2, 3, 2), dtype=np.float32)
SQUARE = np.ones((4, 5), dtype=np.float32)
CODES, REAL = TensorProto.UINT8, TensorProto.FLOAT
POOL = {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 1, 0], "channels_last": 0}
CASES = {
    "BiasGelu": (REAL, ROWS, "x b", {"b": np.ones(4, dtype=np.float32)}, {}),
    "FastGelu": (REAL, ROWS, "x", {}, {}),
    "FusedConv": (REAL, IMAGE, "x k", {"k": KERNEL}, {"activation": "Relu", "strides": [2, 1], "pads": [1, 0, 1, 1]}),
    "FusedGemm": (REAL, ROWS, "x m", {"m": SQUARE}, {"activation": "Relu"}),
    "Gelu": (REAL, ROWS, "x", {}, {}),
    "QGemm": (CODES, ROWS, "x s z m s z - s z", {"m": SQUARE.astype(np.uint8)}, {"transB": 0}),
    "QLinearAdd": (CODES, IMAGE, "x s z c s z s z", {"c": np.ones((2, 1, 1), dtype=np.uint8)}, {}),
    "QLinearAveragePool": (CODES, IMAGE, "x s z s z", {}, POOL),
    "QLinearConcat": (CODES, IMAGE, "s z x s z x s z", {}, {"axis": 2}),
    "QLinearGlobalAveragePool": (CODES, IMAGE, "x s z s z", {}, {"channels_last": 0}),
    "QLinearLeakyRelu": (CODES, ROWS, "x s z s z", {}, {"alpha": 0.1}),
    "QLinearMul": (CODES, ROWS, "x s z c s z s z", {"c": np.ones((2, 3, 1), dtype=np.uint8)}, {}),
    "QLinearSigmoid": (CODES, ROWS, "x s z s z", {}, {}),
    "QLinearSoftmax": (CODES, ROWS, "x s z s z", {}, {"axis": -1, "opset": 13}),
    "QuickGelu": (REAL, ROWS, "x", {}, {}),
    "SkipLayerNormalization": (REAL, (2, 3, 4), "x x g", {"g": np.ones(4, dtype=np.float32)}, {}),
}


def test_every_operator_has_a_case():
    assert CASES.keys() == STAND_INS.keys()


@pytest.mark.parametrize("op_type", CASES)
def test_shape_and_type_are_those_of_onnxruntime(op_type, tmp_path):
    element, shape, inputs, constants, attributes = CASES[op_type]
    nodes = [node(op_type, inputs, "y", domain="com.microsoft", **attributes)]
    needed = {"s": S, "z": Z, **constants}
    proto = model(graph(nodes, {"x": shape}, "y", needed, element), com_microsoft=1)
    found = read(tmp_path, proto)
    (computed,) = run(proto, {"x": np.ones(shape, dtype=np.uint8 if element == CODES else np.float32)})
    assert (found.shapes["y"], found.types["y"]) == (computed.shape, computed.dtype.name)


def test_channels_last_has_no_shape(tmp_path):
    nodes = [node("QLinearGlobalAveragePool", "x s z s z", "y", domain="com.microsoft", channels_last=1)]
    found = read(tmp_path, model(graph(nodes, {"x": IMAGE}, "y", {"s": S, "z": Z}, CODES), com_microsoft=1))
    assert "y" not in found.shapes


def test_codes_of_sixteen_bits_are_read_as_the_standard_nodes_that_they_became(tmp_path):
    nodes = [
        node("QuantizeLinear", "x s z", "q", domain="com.microsoft"),
        node("DequantizeLinear", "q s z", "y", domain="com.microsoft"),
    ]
    proto = model(graph(nodes, {"x": ROWS}, "y", {"s": S, "z": np.int16(3)}), com_microsoft=1)
    found = read(tmp_path, proto)
    assert [one.op_type for one in found.nodes] == ["QuantizeLinear", "DequantizeLinear"]
    assert (found.types["q"], found.types["y"], found.shapes["y"]) == ("int16", "float32", ROWS)
    assert translate(found).problems == ()
