"""A network as ONNX gives the same outputs in onnxruntime, up to the rounding of float32."""

import sys

import numpy as np
import onnx
import pytest

from attacks.networks import integers
from zkinfer.bench.networks import lenet
from zkinfer.bench.onnx_inference import has_onnxruntime, onnx_session, require_close
from zkinfer.execute.plain import execute
from zkinfer.frontend.onnx_writer import to_onnx, write_onnx
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, Graph, MaxPool, Node, Normalize, Relu, sequential
from zkinfer_verify.errors import InternalError, UsageError

PLAIN = Convolution(integers(1, 3, 3, 2, 2))
PADDED = Convolution(integers(2, 4, 3, 2, 1), integers(3, 4), (2, 1), (2, 0, 1, 3), (1, 2), 2)
GRAPHS = {
    "an image in and out": sequential((5, 4, 2), [PLAIN, Relu()]),
    "every setting of a convolution": sequential((7, 6, 2), [PADDED]),
    "pooled and flattened": sequential(
        (6, 5, 2), [PLAIN, MaxPool((2, 4)), Flatten(), FullyConnected(integers(4, 3, 6), integers(5, 3))]
    ),
    "flat": sequential((4,), [FullyConnected(integers(6, 3, 4)), Relu(), Flatten(), Normalize()]),
    "two axes": sequential((4, 3), [Relu(), Flatten(), FullyConnected(integers(6, 3, 12))]),
    "a tensor beside": Graph(
        "x",
        (4,),
        (Node("one", Relu(), ("x",), "a"), Node("two", FullyConnected(integers(7, 2, 4)), ("x",), "b")),
        "b",
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_onnxruntime_computes_the_same(name):
    graph = GRAPHS[name]
    x = integers(9, *graph.input_shape)
    found, expected = onnx_session(graph, 1)(x.astype(np.float32)), execute(graph, x)[graph.output]
    require_close(found, expected)
    if expected.dtype.kind == "i":
        np.testing.assert_array_equal(found, expected)  # sums of small integers are exact


def test_a_network_of_all_layers_is_close():
    graph, x = lenet()
    require_close(onnx_session(graph, 2)(x.astype(np.float32)), execute(graph, x)[graph.output])


def test_another_output_is_not_close():
    expected = np.array([1000, -2000])
    require_close(np.array([1000.01, -2000.0]), expected)
    for wrong in ([1001.0, -2000.0], [np.nan, -2000.0], [1000.0], [0.0, 0.0]):
        with pytest.raises(InternalError, match="another network's"):
            require_close(np.array(wrong), expected)


def test_the_file_has_the_graphs_ends_and_names(tmp_path):
    graph = GRAPHS["pooled and flattened"]
    write_onnx(graph, tmp_path / "network.onnx")
    model = onnx.load(tmp_path / "network.onnx").graph
    assert [end.name for end in (*model.input, *model.output)] == [graph.input, graph.output]
    assert [dim.dim_value for dim in model.input[0].type.tensor_type.shape.dim] == [0, 6, 5, 2]
    assert {node.name for node in graph.nodes} <= {node.name for node in model.node}


def test_a_missing_package_is_named_with_its_remedy(monkeypatch):
    assert has_onnxruntime()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UsageError, match=r"pip install 'zkinfer\[onnx\]'"):
        to_onnx(GRAPHS["flat"])
