"""LRN, Mean, Mod, whole quotients, and inputs that are moved before they are quantised."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import zkinfer as zk
from tests.network.lowered import lowered
from tests.onnx.agreement import compare, quantised, run_model
from tests.onnx.test_linear_families import agree, node, normal


@pytest.mark.parametrize(
    "attributes",
    [
        {"size": 5, "alpha": 1e-4, "beta": 0.75, "bias": 2.0},
        {"size": 3, "alpha": 0.02, "beta": 0.5},
    ],
)
def test_responses_in_channels(tmp_path, attributes):
    agree(tmp_path, [node("LRN", "x", **attributes)], {"x": normal(1, 9, 8, 8, scale=3.0)})


def test_means_of_tensors(tmp_path):
    feeds = {"x": normal(2, 3, 20), "z": normal(1, 3, 20, seed=2)}
    agree(tmp_path, [node("Mean", "x z c")], feeds, {"c": normal(3, 1, seed=3)})


@pytest.mark.parametrize(("divisor", "cut"), [(2.0, 1), (-0.75, 1)])
def test_remainders_of_real_numbers(tmp_path, divisor, cut):
    agree(tmp_path, [node("Mod", "x d", fmod=cut)], {"x": normal(30, 30)}, {"d": np.float32(divisor)})


@pytest.mark.parametrize("least", [0, -40])
def test_places_of_the_largest_as_rows_and_columns(tmp_path, least):
    """As keypoints are read off heatmaps, by integers; negative ones are divided as runtimes do."""
    nodes = [node("ArgMax", "x", "i", axis=2, keepdims=0), node("Add", "i least", "k")]
    nodes += [node("Div", "k six", "row"), node("Mod", "k six", "column"), node("Mod", "k six", "left", fmod=1)]
    nodes += [node("Concat", "row column left", axis=1)]
    constants = {"six": np.int64(6), "least": np.int64(least)}
    feeds = {"x": normal(1, 20, 48)}
    proto = quantised(nodes, feeds, ["y"], constants)
    path = tmp_path / "places.onnx"
    path.write_bytes(proto.SerializeToString())
    (theirs,) = run_model(proto, ["y"], feeds)
    np.testing.assert_array_equal(zk.infer(path, feeds["x"])[0].integers.reshape(theirs.shape), theirs)


MOVED = {
    "padded": [node("Pad", "x pads", "a")],
    "in another order": [node("Transpose", "x", "m", perm=[0, 1, 3, 2]), node("Pad", "m pads", "a", mode="reflect")],
    "cut": [node("Slice", "x starts ends axes", "a")],
    "in blocks": [node("SpaceToDepth", "x", "a", blocksize=2)],
    "pooled": [node("MaxPool", "x", "a", kernel_shape=[2, 2])],
}


@pytest.mark.parametrize("name", MOVED)
def test_inputs_that_are_moved_before_they_are_quantised(tmp_path, name):
    """As onnxruntime's quantiser leaves a Pad in front of the first convolution."""
    constants = {
        "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64),
        "starts": np.array([1], np.int64),
        "ends": np.array([7], np.int64),
        "axes": np.array([3], np.int64),
        "s": np.float32(0.031),
        "z": np.int8(3),
    }
    pair = [node("QuantizeLinear", "a s z", "q"), node("DequantizeLinear", "q s z", "r"), node("Relu", "r", "c")]
    pair += [node("QuantizeLinear", "c s z", "p"), node("DequantizeLinear", "p s z", "y")]
    graph = helper.make_graph(
        [*MOVED[name], *pair],
        "moved",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 3, 8, 8))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    feeds = {"x": normal(1, 3, 8, 8, scale=3.0)}
    agreement = compare(tmp_path, proto, feeds)
    agreement.require(0.0)
    assert agreement.network.inputs[0].shape == (1, 3, 8, 8)
    lowered(agreement.network, feeds).check()
