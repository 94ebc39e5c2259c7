"""Means of tensors whose scales are powers of two: every code is onnxruntime's, for both round exact ties to even."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.network.lowered import lowered
from tests.onnx.agreement import compare
from tests.onnx.test_linear_families import node
from zkinfer.frontend.onnx.meaning import MOST_DIVISOR, _common_divisor

SCALE = np.float32(2.0**-4)
MEANS = {
    "windows of six": node("AveragePool", "r", "m", kernel_shape=[3, 2]),
    "windows cut by the border": node("AveragePool", "r", "m", kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=0),
    "whole images": node("GlobalAveragePool", "r", "m"),
    "channels": node("ReduceMean", "r", "m", axes=[1]),
}


def pair(source: str, target: str, scale: np.float32) -> tuple[list[object], list[TensorProto]]:
    """Quantise and dequantise a tensor, zero point 0."""
    constants = [numpy_helper.from_array(scale, f"{target}.s"), numpy_helper.from_array(np.int8(0), f"{target}.z")]
    names = [constant.name for constant in constants]
    return [
        helper.make_node("QuantizeLinear", [source, *names], [f"{target}.q"]),
        helper.make_node("DequantizeLinear", [f"{target}.q", *names], [target]),
    ], constants


def model_of(mean: object, scale: np.float32, shape: tuple[int, ...]) -> ModelProto:
    before, of_input = pair("x", "r", SCALE)
    after, of_output = pair("m", "y", scale)
    ends = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    out = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph([*before, mean, *after], "means", ends, out, [*of_input, *of_output])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.mark.parametrize("name", MEANS)
@pytest.mark.parametrize("ratio", [1.0, 0.5, 4.0])
def test_ties_are_onnxruntimes(tmp_path, name, ratio):
    shape = (1, 12, 6, 10)
    x = SCALE * np.random.RandomState(5).randint(-128, 128, shape).astype(np.float32)
    agreement = compare(tmp_path, model_of(MEANS[name], SCALE * np.float32(ratio), shape), {"x": x})
    assert set(agreement.differing.values()) == {0.0}
    lowered(agreement.network, {"x": x}).check()


@pytest.mark.parametrize(
    ("numbers", "divisor"),
    [
        ([3.0, -8.0, 0.0], 1),
        ([0.25, 1.5], 4),
        ([1 / 49], 49),
        ([1 / 9, 1 / 6, 1 / 4], 36),
        ([1 / (MOST_DIVISOR - 1)], MOST_DIVISOR - 1),
        ([1 / (MOST_DIVISOR + 1)], None),
        ([1 / 1000, 1 / 999], None),
        ([1 / 3 + 2.0**-40], None),
        ([0.1234567], None),
        ([2.0**29 / 3], 3),
        ([2.0**31 / 3], None),
        ([1 / (3 + k) for k in range(100)], None),
        ([], 1),
    ],
)
def test_a_common_divisor_makes_integers_of_all(numbers, divisor):
    assert _common_divisor(np.array(numbers, dtype=np.float64)) == divisor
