"""QuantizeLinear and DequantizeLinear whose types, scales or zero points make no sense are refused, at their node."""

import numpy as np
import pytest
from onnx import TensorProto

from tests.onnx.models import graph, model, node, read
from zkinfer.frontend.onnx.translate import translate
from zkinfer_verify.errors import UsageError

CODES = np.arange(12, dtype=np.int8).reshape(3, 4)


def problem(tmp_path, inputs, constants, element=TensorProto.INT8, shape=(1, 3), nodes=None):
    """The first problem of a product with a dequantised constant, or of a dequantised input."""
    nodes = nodes or [node("DequantizeLinear", inputs, "d"), node("MatMul", "x d", "y")]
    proto = model(graph(nodes, {"x": shape}, "y", constants, element), 21)
    return str(translate(read(tmp_path, proto)).problems[0])


@pytest.mark.parametrize(
    "scales", [np.ones(3), np.ones(5), np.ones((3, 4, 1)), np.ones((2, 3)), np.ones((0, 4)), np.ones((9, 4))]
)
def test_rejects_scales_that_do_not_fit(scales, tmp_path):
    constants = {"q": CODES, "s": scales.astype(np.float32)}
    assert "do not fit its codes; quantise again" in problem(tmp_path, "q s", constants, TensorProto.FLOAT)


def test_rejects_codes_of_a_type_that_is_no_small_integer(tmp_path):
    nodes = [node("DequantizeLinear", "x s", "y")]
    constants = {"s": np.float32(0.5)}
    for element, name in ((TensorProto.INT32, "int32"), (TensorProto.FLOAT8E4M3FN, "float8_e4m3fn")):
        found = problem(tmp_path, "", constants, element, nodes=nodes)
        assert f"the codes that it reads are {name}; use one of int8, uint8, int16, uint16" in found


def test_rejects_an_output_that_is_a_dequantised_constant(tmp_path):
    nodes = [node("DequantizeLinear", "q s", "y"), node("DequantizeLinear", "x s", "z")]
    proto = model(graph(nodes, {"x": [2]}, "y z", {"q": CODES, "s": np.float32(0.5)}, TensorProto.INT8), 21)
    with pytest.raises(UsageError, match="output 'y' does not depend on the network's input"):
        translate(read(tmp_path, proto))
