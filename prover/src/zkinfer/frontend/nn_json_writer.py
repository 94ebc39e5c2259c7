"""A Graph, or an input, to the reference's interchange format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson

from zkinfer.frontend.files import atomic_write
from zkinfer.frontend.json_array import array_fields
from zkinfer.graph.graph import Array, Convolution, FullyConnected, Graph, MaxPool, Node, Shape
from zkinfer_verify.errors import UsageError


def write_nn_json(graph: Graph, path: Path) -> None:
    """Write the network, whole or not at all; reading it back gives an equal one, with default names.

    A missing bias of a full layer is written as zeros. Errors: UsageError for what the format cannot say: a chain's
    branches, stride, padding, dilation, groups, a convolution's bias, an even kernel, a window that is not square.
    """
    shapes = graph.shapes()
    tensor = graph.input
    with atomic_write(path) as file:
        for i, node in enumerate(graph.nodes):
            if node.inputs != (tensor,):
                raise UsageError(f"{_where(node)}: the interchange format holds a chain only.")
            file.write(b'{"layers":[' if i == 0 else b",")
            file.write(orjson.dumps(_layer(node, shapes[tensor]), option=orjson.OPT_SERIALIZE_NUMPY))
            tensor = node.output
        if tensor != graph.output:
            raise UsageError("The network's output is not its last layer's; the interchange format holds a chain only.")
        file.write(b"]}")


def write_array_json(array: Array, path: Path) -> None:
    """Write one array, such as an input, whole or not at all."""
    with atomic_write(path) as file:
        file.write(orjson.dumps(array_fields(array, f"{path}"), option=orjson.OPT_SERIALIZE_NUMPY))


def _layer(node: Node, shape: Shape) -> dict[str, object]:
    fields: dict[str, object] = {"layer_type": node.op.layer_type, "input_shape": list(shape)}
    where = _where(node)
    match node.op:
        case Convolution(kernel=kernel):
            if node.op != Convolution(kernel) or kernel.shape[1] % 2 == 0 or kernel.shape[2] % 2 == 0:
                raise UsageError(
                    f"{where}: the interchange format has odd kernels only, without bias, stride, padding, dilation or "
                    "groups."
                )
            fields["kernel"] = array_fields(kernel, where)
        case MaxPool(window=(height, width)):
            if height != width:
                raise UsageError(f"{where}: the interchange format has square windows only, not {height}x{width}.")
            fields["window"] = height
        case FullyConnected(weights=weights, bias=bias):
            fields["weights"] = array_fields(weights, where)
            fields["biases"] = array_fields(np.zeros(len(weights)) if bias is None else bias, where)
    return fields


def _where(node: Node) -> str:
    return f"Layer {node.name} ({node.op.layer_type})"
