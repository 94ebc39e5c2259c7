"""Resized images: the codes are onnxruntime's, the matrices those of onnx's own definition."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.network.lowered import lowered
from tests.onnx.agreement import compare, quantised, run_model
from tests.onnx.test_linear_families import agree, normal
from tests.onnx.test_movement_families import problem
from zkinfer.frontend.onnx.convert import converted
from zkinfer.frontend.onnx.families.interpolation import COORDINATES, ROUNDINGS, cubic, linear

SIZES = [(14, 12), (14, 18), (5, 9), (3, 4), (7, 15), (1, 1)]


def resized(sizes=None, scales=None, **attributes):
    inputs = ["x", "", "", "c"] if sizes is not None else ["x", "", "c"]
    given = np.array(sizes, np.int64) if sizes is not None else np.array(scales, np.float32)
    return helper.make_node("Resize", inputs, ["y"], name="resize", **attributes), {"c": given}


@pytest.mark.parametrize("way", COORDINATES)
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_the_nearest_entries_are_those_of_onnxruntime(tmp_path, way, rounding):
    for sizes in SIZES:
        one, constants = resized(
            (1, 2, *sizes), mode="nearest", coordinate_transformation_mode=way, nearest_mode=rounding
        )
        x = {"x": np.rint(normal(1, 2, 7, 6) * 30)}
        agreement = compare(tmp_path, quantised([one], x, ["y"], constants, powers=True), x)
        agreement.require(0.0)


@pytest.mark.parametrize("way", COORDINATES)
@pytest.mark.parametrize("mode", ["linear", "cubic"])
def test_mixes_are_those_of_onnxruntime(tmp_path, way, mode):
    for sizes in SIZES:
        one, constants = resized((1, 2, *sizes), mode=mode, coordinate_transformation_mode=way)
        x = {"x": np.rint(normal(1, 2, 7, 6) * 30)}
        agreement = compare(tmp_path, quantised([one], x, ["y"], constants, powers=True), x)
        # Where weights are thirds or sixths many sums tie, and onnxruntime's float32 decides as it happens to round.
        agreement.require(0.0 if sizes == (14, 12) and way != "align_corners" else 0.08)


def test_mixes_of_many_entries(tmp_path):
    one, constants = resized((1, 3, 45, 70), mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1)
    agree(tmp_path, [one], {"x": normal(1, 3, 30, 31)}, constants)


@pytest.mark.parametrize("scales", [(1, 1, 2, 2), (1, 1, 1.5, 2.5), (1, 1, 0.6, 0.5), (1, 1, 10 / 3, 1)])
@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_scales_say_where_results_lie(tmp_path, scales, mode):
    one, constants = resized(scales=scales, mode=mode)
    agreement = agree(tmp_path, [one], {"x": normal(1, 2, 7, 6)}, constants, share=0.01)
    lowered(agreement.network, {"x": normal(1, 2, 7, 6)}).check()


@pytest.mark.parametrize("policy", ["not_larger", "not_smaller"])
def test_the_shape_of_pixels_is_kept(tmp_path, policy):
    one, constants = resized((13, 20), mode="linear", axes=[2, 3], keep_aspect_ratio_policy=policy)
    agree(tmp_path, [one], {"x": normal(1, 2, 7, 6)}, constants, share=0.01)


@pytest.mark.parametrize("mode", [linear, cubic])
@pytest.mark.parametrize("excluded", [0, 1])
def test_mixes_sum_to_one(mode, excluded):
    positions = np.linspace(-0.6, 6.6, 50, dtype=np.float32)
    matrix = mode(positions, 7, {"exclude_outside": excluded})
    assert matrix.shape == (7, 50)
    assert np.allclose(matrix.sum(axis=0), 1.0)


def test_old_nodes_start_at_the_first_entry(tmp_path):
    # Opset 10: scales are the second input, and no attribute tells where results lie.
    one = helper.make_node("Resize", ["x", "c"], ["y"], name="resize", mode="linear")
    constants = {"c": np.array([1, 1, 2, 2], np.float32)}
    x = {"x": np.rint(normal(1, 2, 7, 6) * 30)}
    model = quantised([one], x, ["y"], constants, opset=10, powers=True)
    compare(tmp_path, model, x).require(0.0)


@pytest.mark.parametrize(("op_type", "opset"), [("Upsample", 9), ("Resize", 10), ("Resize", 11)])
@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_converted_models_compute_the_same(op_type, opset, mode):
    names = ["x", "roi", "c"] if opset > 10 else ["x", "c"]
    one = helper.make_node(op_type, names, ["y"], name="resize", mode=mode)
    constants = {"c": np.array([1, 1, 1.5, 3], np.float32), "roi": np.array([], np.float32)}
    x, shown = normal(1, 2, 6, 5), helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, 9, 15])
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)
    initializers = [numpy_helper.from_array(constants[name], name) for name in names[1:]]
    graph = helper.make_graph([one], "old", [given], [shown], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=5)
    (before,) = run_model(model, ["y"], {"x": x})
    (after,) = run_model(converted(model, opset, 21), ["y"], {"x": x})
    assert np.array_equal(before, after)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"coordinate_transformation_mode": "tf_crop_and_resize"}, "its coordinates are"),
        ({"mode": "cubic", "antialias": 1}, "smooths while it shrinks"),
        ({"mode": "bilinear"}, "its mode is"),
        ({"nearest_mode": "up"}, "its rounding is"),
    ],
)
def test_what_cannot_be_resized_is_told(tmp_path, attributes, message):
    one, constants = resized((1, 2, 3, 3), **attributes)
    assert message in problem(tmp_path, one, constants)
