"""The layer table: what a network computes, layer by layer, and what that costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.table import Table

from zkinfer.graph.graph import Array, Convolution, FullyConnected, Graph, MaxPool, Normalize, Operator, Shape, show


@dataclass(frozen=True)
class LayerRow:
    """One layer: its name with the size of its weights, its output's shape, and two counts."""

    name: str
    output_shape: Shape
    parameters: int
    multiplications: int


def layer_rows(graph: Graph) -> list[LayerRow]:
    """A row a layer, in order."""
    shapes = graph.shapes()
    return [
        LayerRow(
            _name(node.op), shapes[node.output], _parameters(node.op), _multiplications(node.op, shapes[node.output])
        )
        for node in graph.nodes
    ]


def total_row(graph: Graph, rows: list[LayerRow]) -> LayerRow:
    """The sums of the rows, with the network's output shape."""
    return LayerRow(
        "total",
        graph.shapes()[graph.output],
        sum(row.parameters for row in rows),
        sum(row.multiplications for row in rows),
    )


def layer_table(graph: Graph) -> Table:
    """The rows and their total as a table for people."""
    table = Table("layer", "output shape", box=None, pad_edge=False)
    table.add_column("parameters", justify="right")
    table.add_column("multiplications", justify="right")
    rows = layer_rows(graph)
    for row in rows:
        table.add_row(row.name, show(row.output_shape), f"{row.parameters:,}", f"{row.multiplications:,}")
    total = total_row(graph, rows)
    table.add_section()
    table.add_row(
        total.name, show(total.output_shape), f"{total.parameters:,}", f"{total.multiplications:,}", style="bold"
    )
    return table


def _name(op: Operator) -> str:
    match op:
        case Convolution(kernel=kernel):
            return f"conv {_times(kernel)}"
        case FullyConnected(weights=weights):
            return f"full {_times(weights)}"
        case MaxPool():
            return "max-pool"
    return op.layer_type


def _parameters(op: Operator) -> int:
    match op:
        case Convolution(kernel=weights, bias=bias) | FullyConnected(weights=weights, bias=bias):
            return weights.size + (0 if bias is None else bias.size)
    return 0


def _multiplications(op: Operator, output_shape: Shape) -> int:
    match op:
        case Convolution(kernel=kernel):
            return math.prod(output_shape) * math.prod(kernel.shape[1:])
        case FullyConnected(weights=weights):
            return weights.size
        case Normalize():
            return math.prod(output_shape) + 1  # the squares, and one reciprocal
    return 0


def _times(array: Array) -> str:
    return "x".join(map(str, array.shape))
