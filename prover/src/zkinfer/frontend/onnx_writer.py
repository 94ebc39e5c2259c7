"""A Graph as an ONNX model, in float32 or of whole numbers: the extra `onnx` installs what it takes.

Of whole numbers: the input is int8, weights are integers, and both are cast to float32, which runtimes convolve. What
reads the file can tell that all sums are integers, and compute them exactly; float32 itself is exact below 2^24.
ONNX has channels first, a Graph has them last: kernels are turned once, images on entering, flattening and leaving.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zkinfer.frontend.files import atomic_write
from zkinfer.frontend.onnx.model import DISPLAY
from zkinfer.graph.graph import Array, Convolution, Flatten, FullyConnected, Graph, MaxPool, Node, Normalize, Relu
from zkinfer.graph.integers import to_integers
from zkinfer_verify.errors import InternalError, UsageError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

OPSET = 17
IR_VERSION = 8  # the oldest that has this opset: what reads it need not be new
BATCH = "batch_size"  # the first axis, of any length; a Graph has none, nor has a model of whole numbers
FLOAT32_WHOLE = 1 << 24
"""Integers up to here are exact in float32."""
CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def write_onnx(graph: Graph, path: Path, *, integers: bool = False) -> None:
    """Write the network as an ONNX model, whole or not at all; integers: of whole numbers.

    Errors: as `to_onnx`.
    """
    data = to_onnx(graph, integers=integers).SerializeToString()
    with atomic_write(path) as file:
        file.write(data)


def to_onnx(graph: Graph, *, integers: bool = False) -> ModelProto:
    """Return the network as an ONNX model: the same layers and names, weights rounded to float32.

    The model's input is the graph's, channels last, with a first axis for several at once; so is its output.
    integers: a model of whole numbers, for one input of the graph's shape; a last normalize layer comes last, and the
    metadata say that it displays the integers before it.
    Errors: UsageError when the package onnx is missing; with integers, for weights that float32 does not hold.
    """
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ImportError:
        raise UsageError(
            "Writing ONNX needs the package onnx; install it with `pip install 'zkinfer[onnx]'`."
        ) from None

    shown = graph.output
    if integers:
        graph = _whole(graph)
    displayed = shown != graph.output
    shapes = {shown: graph.shapes()[graph.output], **graph.shapes()}
    entered, left = (f"{name}.one" if integers else name for name in (graph.input, graph.output))
    own = {graph.input: entered, graph.output: left}
    images = {tensor for tensor, shape in shapes.items() if len(shape) == 3}
    nodes: list[NodeProto] = []
    weights = []
    if integers:
        weights.append(numpy_helper.from_array(np.zeros(1, dtype=np.int64), BATCH))
        nodes.append(helper.make_node("Cast", [graph.input], [f"{graph.input}.float"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Unsqueeze", [f"{graph.input}.float", BATCH], [entered]))
    if graph.input in images:
        nodes.append(helper.make_node("Transpose", [entered], [_first(graph.input)], perm=CHANNELS_FIRST))
    for node in graph.nodes:
        ends = node.inputs[0], node.output
        source, target = (_first(name) if name in images else own.get(name, name) for name in ends)
        if isinstance(node.op, Flatten) and node.inputs[0] in images:
            turned = f"{node.name}.channels_last"
            nodes.append(helper.make_node("Transpose", [source], [turned], perm=CHANNELS_LAST))
            source = turned
        kind, attributes = _operator(node)
        names = []
        for name, array in _weights(node):
            held = name = f"{node.name}.{name}"
            if integers:
                held = f"{name}.integers"
                nodes.append(helper.make_node("Cast", [held], [name], to=TensorProto.FLOAT))
            kept = np.ascontiguousarray(array, dtype=array.dtype if integers else np.float32)
            weights.append(numpy_helper.from_array(kept, held))
            names.append(name)
        nodes.append(helper.make_node(kind, [source, *names], [target], name=node.name, **attributes))
    if graph.output in images:
        nodes.append(helper.make_node("Transpose", [_first(graph.output)], [left], perm=CHANNELS_LAST))
    if integers:
        nodes.append(helper.make_node("Squeeze", [left, BATCH], [graph.output]))
    if displayed:
        nodes.append(helper.make_node("LpNormalization", [graph.output], [shown], axis=0, p=2))
    infos = [
        helper.make_tensor_value_info(name, kind, shapes[name] if integers else [BATCH, *shapes[name]])
        for name, kind in (
            (graph.input, TensorProto.INT8 if integers else TensorProto.FLOAT),
            (shown, TensorProto.FLOAT),
        )
    ]
    made = helper.make_model(
        helper.make_graph(nodes, "network", infos[:1], infos[1:], weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="zkinfer",
    )
    if displayed:
        helper.set_model_props(made, {DISPLAY: shown})
    checker.check_model(made)
    return made


def _whole(graph: Graph) -> Graph:
    """The network with integers for weights, less a normalize layer at its end.

    Errors: UsageError for weights that are not whole or that float32 does not hold, and for a normalize layer inside.
    """
    graph = to_integers(graph)
    last = graph.nodes[-1]
    if isinstance(last.op, Normalize) and last.output == graph.output and len(graph.nodes) > 1:
        graph = replace(graph, nodes=graph.nodes[:-1], output=last.inputs[0])
    for node in graph.nodes:
        where = f"Layer {node.name} ({node.op.layer_type})"
        if isinstance(node.op, Normalize):
            raise UsageError(f"{where}: its results are no whole numbers; only the last layer can be one.")
        for name, array in _weights(node):
            if int(array.max()) > FLOAT32_WHOLE or int(array.min()) < -FLOAT32_WHOLE:
                raise UsageError(f"{where}: {name} beyond 2^24 are not exact in float32; use smaller ones.")
    return graph


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
