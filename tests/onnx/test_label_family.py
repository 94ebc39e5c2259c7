"""ArgMax, ArgMin and TopK of quantised models: the indices are onnxruntime's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.lowered import lowered
from tests.onnx.agreement import quantised, run_model
from tests.onnx.models import node
from tests.onnx.test_linear_families import normal
from zkinfer.frontend.onnx.translate import load_onnx
from zkinfer.program.from_network import integers_of

LABELS = {
    "argmax": ("ArgMax", "x", "y", (1, 10), {"axis": 1}),
    "argmax of channels": ("ArgMax", "x", "y", (1, 5, 6, 7), {"axis": 1, "keepdims": 0}),
    "argmax of places": ("ArgMax", "x", "y", (1, 3, 40), {"axis": -1}),
    "argmax, the last": ("ArgMax", "x", "y", (4, 10), {"axis": 1, "select_last_index": 1}),
    "argmin": ("ArgMin", "x", "y", (1, 3, 40), {"axis": 2, "keepdims": 0}),
    "top five": ("TopK", "x k", "v y", (1, 20), {}),
    "smallest": ("TopK", "x k", "v y", (2, 7, 3), {"axis": 1, "largest": 0}),
}


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("kind", ["int8", "int16"])
def test_labels_are_onnxruntimes(tmp_path, name, kind):
    op_type, inputs, outputs, shape, attributes = LABELS[name]
    feeds = {"x": normal(*shape, seed=4)}
    shown = outputs.split()
    constants = {"k": np.array([5], dtype=np.int64)} if "k" in inputs.split() else {}
    model = quantised([node(op_type, inputs, outputs, **attributes)], feeds, shown, constants, kind)
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    network = load_onnx(path)
    (port,) = network.inputs
    tensors = network.run({port.tensor: integers_of(port, feeds["x"])})
    theirs = run_model(model, [value.name for value in model.graph.output], feeds)
    for shown_port, expected in zip(network.outputs, theirs, strict=True):
        np.testing.assert_allclose(shown_port.scale * tensors[shown_port.tensor], expected, rtol=1e-6)
    lowered(network, feeds).check()
