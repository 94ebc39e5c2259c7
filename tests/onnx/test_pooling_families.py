"""Pooling, sums and means along axes: the codes are onnxruntime's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.lowered import lowered
from tests.onnx.agreement import compare, quantised
from tests.onnx.test_linear_families import agree, node, normal
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import translate

POOLS = {
    "side by side": ((1, 3, 8, 8), {"kernel_shape": [2, 2], "strides": [2, 2]}),
    "overlapping": ((1, 3, 9, 8), {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    "uneven pads": ((1, 3, 9, 8), {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [0, 1, 2, 0]}),
    "same upper": ((1, 3, 9, 8), {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    "same lower": ((1, 3, 9, 8), {"kernel_shape": [2, 2], "strides": [2, 2], "auto_pad": "SAME_LOWER"}),
    "rounded up": ((1, 3, 9, 8), {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    "dilated": ((1, 3, 9, 8), {"kernel_shape": [2, 2], "dilations": [3, 2]}),
    "one axis": ((1, 3, 21), {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}),
}


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_the_largest_of_windows(tmp_path, name, kind):
    shape, attributes = POOLS[name]
    agree(tmp_path, [node("MaxPool", "x", **attributes)], {"x": normal(*shape)}, {}, kind)


def test_the_largest_of_large_windows(tmp_path):
    attributes = {"kernel_shape": [7, 6], "strides": [2, 3], "pads": [1, 2, 3, 1]}
    agree(tmp_path, [node("MaxPool", "x", **attributes)], {"x": normal(1, 2, 12, 13)})


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("padded", [0, 1])
def test_the_mean_of_windows(tmp_path, name, padded):
    shape, attributes = POOLS[name]
    agree(tmp_path, [node("AveragePool", "x", count_include_pad=padded, **attributes)], {"x": normal(*shape)})


def test_the_mean_of_windows_whose_sums_tie(tmp_path):
    # A mean of four codes is a tie every fourth time: it goes to the even code, as in onnxruntime.
    one = [node("AveragePool", "x", kernel_shape=[2, 2], strides=[2, 2])]
    scaled = {"x": np.rint(normal(1, 4, 40, 40) * 30).clip(-127, 127).astype(np.float32)}
    scaled["x"][0, 0, :2, :2] = 127
    scaled["x"][0, 1, :2, :2] = -127
    # With scales that are no powers of two, onnxruntime's own floating point decides ties as it happens to round.
    agreement = compare(tmp_path, quantised(one, scaled, ["y"], powers=True), scaled)
    agreement.require(0.0)
    lowered(agreement.network, scaled).check()


REDUCTIONS = {
    "global average": ("GlobalAveragePool", (1, 5, 7, 6), None, {}),
    "mean of everything": ("ReduceMean", (1, 5, 7, 6), None, {}),
    "mean along two axes": ("ReduceMean", (1, 5, 7, 6), [2, 3], {}),
    "mean without axes of one": ("ReduceMean", (1, 5, 7, 6), [-1], {"keepdims": 0}),
    "sum along the middle": ("ReduceSum", (2, 5, 7, 6), [1, 2], {"keepdims": 0}),
    "sum of everything": ("ReduceSum", (3, 5), None, {"keepdims": 0}),
    "magnitudes along an axis": ("ReduceL1", (2, 5, 7, 6), [2], {}),
    "magnitudes of everything": ("ReduceL1", (40, 30), None, {"keepdims": 0}),
    "squares along two axes": ("ReduceSumSquare", (2, 5, 7, 6), [1, -1], {}),
    "lengths of rows": ("ReduceL2", (50, 40), [1], {"keepdims": 0}),
    "lengths of channels": ("ReduceL2", (2, 9, 7, 6), [1], {}),
    "logarithms of sums of exponentials": ("ReduceLogSumExp", (50, 12), [1], {"keepdims": 0}),
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_sums_and_means(tmp_path, name):
    op_type, shape, axes, attributes = REDUCTIONS[name]
    constants = {} if axes is None else {"axes": np.array(axes, dtype=np.int64)}
    agree(tmp_path, [node(op_type, "x" if axes is None else "x axes", **attributes)], {"x": normal(*shape)}, constants)


@pytest.mark.parametrize("opset", [13, 21, 22])
@pytest.mark.parametrize("op_type", ["AveragePool", "MaxPool"])
def test_a_window_that_would_begin_behind_the_input_is_none(tmp_path, op_type, opset):
    attributes = {"kernel_shape": [1, 2], "strides": [4, 3], "pads": [0, 1, 0, 1], "ceil_mode": 1}
    agree(tmp_path, [node(op_type, "x", **attributes)], {"x": normal(1, 2, 6, 6)}, opset=opset)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"kernel_shape": [1], "strides": [3], "auto_pad": "SAME_LOWER"}, "where its windows begin by auto_pad"),
        ({"kernel_shape": [2], "pads": [1, 1], "dilations": [7]}, "a window lies in the padding alone"),
    ],
)
def test_refuses_windows_that_lie_elsewhere_in_other_runtimes(tmp_path, attributes, reason):
    model = quantised([node("AveragePool", "x", **attributes)], {"x": normal(1, 2, 6)}, ["y"])
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    (problem,) = translate(read_onnx(tmp_path / "m.onnx", {})).problems
    assert reason in problem.reason
