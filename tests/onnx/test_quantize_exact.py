"""With powers of two the network of integers gives onnxruntime's codes, all of them; one channel is nearly dead."""

import numpy as np

from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, quantised, samples
from zkinfer.frontend.onnx.translate import load_onnx
from zkinfer.program.inference import infer_model
from zkinfer.quantize.onnx.runtime import run_model


def residual_network():
    """Convolutions, one of each channel by itself, whose first channel has weights that hardly count."""
    first, own = draw(6, 3, 3, 3), draw(6, 1, 3, 3)
    first[0] *= 1e-6
    own[1] *= 1e-7
    nodes = [
        node("Conv", "x first bias", "a", pads=[1, 1, 1, 1]),
        node("Relu", "a", "b"),
        node("Conv", "b own", "c", pads=[1, 1, 1, 1], group=6),
        node("Add", "b c", "d"),
        node("Relu", "d", "e"),
        node("Conv", "e last", "y", strides=[2, 2]),
    ]
    constants = {"first": first, "bias": draw(6), "own": own, "last": draw(4, 6, 1, 1)}
    return model(graph(nodes, {"x": [1, 3, 12, 12]}, "y", constants))


def test_the_integers_are_onnxruntimes_code_for_code(tmp_path):
    data = samples(1, 3, 12, 12, count=12)
    result = quantised(residual_network(), data[:6], power_of_two=True).quantised
    path = tmp_path / "network.onnx"
    path.write_bytes(result.SerializeToString())
    network, run = load_onnx(path), run_model(result)
    for sample in data:
        (output,) = infer_model(network, sample)
        np.testing.assert_array_equal(output.values.astype(np.float32), run(sample)[0])
