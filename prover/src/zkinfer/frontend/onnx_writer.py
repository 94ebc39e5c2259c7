"""A Graph as an ONNX model in float32, for runtimes that know no integers: the extra `onnx` installs what it takes.

ONNX has channels first, a Graph has them last: kernels are turned once, images on entering, flattening and leaving.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zkinfer.frontend.files import atomic_write
from zkinfer.graph.graph import Array, Convolution, Flatten, FullyConnected, Graph, MaxPool, Node, Normalize, Relu
from zkinfer_verify.errors import InternalError, UsageError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

OPSET = 17
IR_VERSION = 8  # the oldest that has this opset: what reads it need not be new
BATCH = "batch_size"  # the first axis, of any length; a Graph has none
CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def write_onnx(graph: Graph, path: Path) -> None:
    """Write the network as an ONNX model, whole or not at all.

    Errors: UsageError when the package onnx is missing.
    """
    data = to_onnx(graph).SerializeToString()
    with atomic_write(path) as file:
        file.write(data)


def to_onnx(graph: Graph) -> ModelProto:
    """Return the network as an ONNX model: the same layers and names, weights rounded to float32.

    The model's input is the graph's, channels last, with a first axis for several at once; so is its output.
    Errors: UsageError when the package onnx is missing.
    """
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ImportError:
        raise UsageError(
            "Writing ONNX needs the package onnx; install it with `pip install 'zkinfer[onnx]'`."
        ) from None

    shapes = graph.shapes()
    images = {tensor for tensor, shape in shapes.items() if len(shape) == 3}
    nodes: list[NodeProto] = []
    if graph.input in images:
        nodes.append(helper.make_node("Transpose", [graph.input], [_first(graph.input)], perm=CHANNELS_FIRST))
    weights = []
    for node in graph.nodes:
        source, target = (_first(name) if name in images else name for name in (node.inputs[0], node.output))
        if isinstance(node.op, Flatten) and node.inputs[0] in images:
            turned = f"{node.name}.channels_last"
            nodes.append(helper.make_node("Transpose", [source], [turned], perm=CHANNELS_LAST))
            source = turned
        kind, attributes = _operator(node)
        names = []
        for name, array in _weights(node):
            names.append(f"{node.name}.{name}")
            weights.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), names[-1]))
        nodes.append(helper.make_node(kind, [source, *names], [target], name=node.name, **attributes))
    if graph.output in images:
        nodes.append(helper.make_node("Transpose", [_first(graph.output)], [graph.output], perm=CHANNELS_LAST))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [BATCH, *shapes[name]])
        for name in (graph.input, graph.output)
    ]
    made = helper.make_model(
        helper.make_graph(nodes, "network", ends[:1], ends[1:], weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="zkinfer",
    )
    checker.check_model(made)
    return made


def _first(tensor: str) -> str:
    """The name of a tensor with its channels first."""
    return f"{tensor}.channels_first"


def _operator(node: Node) -> tuple[str, dict[str, Any]]:
    """The ONNX operator of a layer, and its attributes."""
    match node.op:
        case Convolution(stride=stride, padding=padding, dilation=dilation, groups=groups):
            return "Conv", {"strides": stride, "pads": padding, "dilations": dilation, "group": groups}
        case MaxPool(window=window):
            return "MaxPool", {"kernel_shape": window, "strides": window}
        case Relu():
            return "Relu", {}
        case Flatten():
            return "Flatten", {"axis": 1}
        case FullyConnected():
            return "Gemm", {"transB": 1}
        case Normalize():
            return "LpNormalization", {"axis": 1, "p": 2}
    raise InternalError(f"Layer {node.name} ({node.op.layer_type}): the ONNX writer does not know this operator.")


def _weights(node: Node) -> Iterator[tuple[str, Array]]:
    """A layer's arrays in the order and with the axes of its ONNX operator."""
    match node.op:
        case Convolution(kernel=kernel, bias=bias):
            yield "kernel", kernel.transpose(CHANNELS_FIRST)
        case FullyConnected(weights=weights, bias=bias):
            yield "weights", weights
        case _:
            return
    if bias is not None:
        yield "biases", bias
