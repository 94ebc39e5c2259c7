"""Operators that onnxruntime's quantiser is not left to: means, its own ones, and what only training has."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto

from tests.onnx.agreement import compare
from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, quantised, samples
from zkinfer.frontend.onnx.families.catalogue import FAMILIES
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.quantize.onnx.network import Network
from zkinfer_verify.errors import UsageError

SIZES = np.array([1, 4, 16, 16], dtype=np.int64)
MEANS = {
    "pooling": node("AveragePool", "c", "y", kernel_shape=[2, 2], strides=[2, 2]),
    "interpolation": node("Resize", "c - - sizes", "y", mode="linear"),
}


@pytest.mark.parametrize("name", MEANS)
def test_means_have_a_scale_of_their_own(name, tmp_path):
    """On the scale of their input every fourth mean of four codes would be a tie, which float32 breaks at random."""
    nodes = [node("Conv", "x w", "c", pads=[1, 1, 1, 1]), MEANS[name]]
    constants = {"w": draw(4, 3, 3, 3)} | ({"sizes": SIZES} if name == "interpolation" else {})
    data = samples(1, 3, 8, 8)
    result = quantised(model(graph(nodes, {"x": [1, 3, 8, 8]}, "y", constants)), data).quantised
    network = Network(result)
    assert network.constants["y_scale"] != network.constants["c_scale"]
    for feeds in data:
        compare(tmp_path, result, feeds).require(0.001)


def test_what_onnxruntimes_own_operators_give_is_quantised(tmp_path):
    nodes = [
        node("MatMul", "x w", "m"),
        node("SkipLayerNormalization", "x m gain bias", "n - - sum", domain="com.microsoft"),
        node("Add", "n sum", "s"),
        node("Reshape", "s line", "r"),
        node("MatMul", "r w", "y"),
    ]
    constants = {"w": draw(8, 8), "gain": draw(8), "bias": draw(8), "line": np.array([4, 8], dtype=np.int64)}
    proto = model(graph(nodes, {"x": [1, 4, 8]}, "y", constants), com_microsoft=1)
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT
    data = samples(1, 4, 8)
    compare(tmp_path, quantised(proto, data).quantised, data[0]).require(0.001)


TRAINING = {
    "Dropout": ([node("Dropout", "x ratio yes", "y")], {"ratio": np.float32(0.5), "yes": np.bool_(True)}),
    "BatchNormalization": (
        [node("BatchNormalization", "x one one one one", "y mean variance", training_mode=1)],
        {"one": np.ones(3, np.float32)},
    ),
}


@pytest.mark.parametrize("name", TRAINING)
def test_a_model_in_training_is_refused(name):
    nodes, constants = TRAINING[name]
    with pytest.raises(UsageError, match=rf"\({name}\): it computes as in training; .* for inference"):
        quantised(model(graph(nodes, {"x": [2, 3]}, "y", constants)), samples(2, 3))


def test_a_normalization_of_the_data_itself_is_not_taken_for_one_of_the_training():
    one = OnnxNode("n", "BatchNormalization", tuple("xabcd"), ("y",), {"training_mode": 1})
    with pytest.raises(Unsupported, match="as in training"):
        FAMILIES["BatchNormalization"](one, None)
