"""Labels: what is shown of an output in place of its scores. The index of the largest, of the k largest, a threshold.

Indices are those along the last axis of more than one entry, at most 2^s of them; of equal scores the first one counts.
They are made of other operations: scores are spread so that no two are equal,

    y_j = 2^s x_j + (2^s - 1 - j),    m = max_j y_j,    label = 2^s - 1 - (m mod 2^s),

and for the next one the largest is taken out: z_j = N - (m - y_j) for all others, 0 for it, N a bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import ceil, isfinite

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.join import Join
from zkinfer.network.network import Node, Port
from zkinfer.network.operation import Operation, Spec
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.rescale import Rescale
from zkinfer_verify.errors import UsageError

FORMS = "argmax, topK such as top3, or threshold:NUMBER"


def is_label(text: str) -> bool:
    """Whether a text names a label."""
    return re.fullmatch(r"argmax|top[1-9]\d{0,3}|threshold:\S+", text) is not None


def labelled(port: Port, label: str, specs: Mapping[str, Spec]) -> tuple[list[Node], Port]:
    """Return the nodes that compute a label of an output, and the port that shows it, called `output.label`.

    specs: of the network's tensors. Errors: UsageError for another label, and for scores that range too far.
    """
    if not is_label(label):
        raise UsageError(f"{label!r} is no label of output {port.name!r}; use {FORMS}.")
    nodes = _Nodes(f"{port.tensor}/{label}", dict(specs))
    if label.startswith("threshold:"):
        tensor = _threshold(nodes, port, label.removeprefix("threshold:"))
    else:
        tensor = _largest(nodes, port, 1 if label == "argmax" else int(label.removeprefix("top")))
    spec = nodes.specs[tensor]
    return nodes.added, Port(f"{port.name}.{label}", tensor, spec.shape, spec.lo, spec.hi, 1.0, public=True)


class _Nodes:
    """Nodes that are added to a network, and what is known of its tensors."""

    def __init__(self, name: str, specs: dict[str, Spec]) -> None:
        self.name, self.specs, self.added = name, specs, list[Node]()

    def add(self, op: Operation, *inputs: str) -> str:
        """Add an operation; returns its tensor."""
        node = Node(f"{self.name}/{len(self.added)}", op, inputs)
        self.specs[node.name] = op.spec([self.specs[name] for name in inputs], node.where)
        self.added.append(node)
        return node.name

    def table(self, x: str, values: Array) -> str:
        """Look every integer of a tensor's range up."""
        return self.add(Apply(self.specs[x].lo, self.specs[x].hi, values), x)

    def arguments(self, x: str) -> Array:
        """Return every integer of a tensor's range."""
        return np.arange(self.specs[x].lo, self.specs[x].hi + 1, dtype=np.int64)


def _threshold(nodes: _Nodes, port: Port, number: str) -> str:
    """Return 1 where a score is at least a real number, else 0."""
    try:
        least = float(number)
    except ValueError:
        least = float("nan")
    if not isfinite(least):
        raise UsageError(f"A threshold is a number, as in threshold:0.5, not {number!r}.")
    reached = nodes.arguments(port.tensor) >= ceil(least / port.scale)
    return nodes.table(port.tensor, reached.astype(np.int8))


def _largest(nodes: _Nodes, port: Port, count: int) -> str:
    """Return the indices of the largest scores, the largest first, along the axis of the scores."""
    axis = label_axis(port.shape)
    extent = port.shape[axis]
    if count > extent:
        raise UsageError(f"Output {port.name!r} has {extent} scores; it has no {count} largest ones.")
    bits = (extent - 1).bit_length()
    shape = [1] * len(port.shape)
    shape[axis] = extent
    last = (1 << bits) - 1
    y = nodes.add(Combine((1 << bits,), np.arange(last, last - extent, -1).reshape(shape)), port.tensor)
    bound = nodes.specs[y].hi - nodes.specs[y].lo + 1
    largest = nodes.add(ReduceMax((axis,)), y)
    labels = [_index(nodes, largest, bits, extent)]
    relative, at = y, largest
    for _ in range(count - 1):
        distance = nodes.add(Combine((1, -1)), at, relative)
        behind = nodes.arguments(distance)
        relative = nodes.table(distance, np.where(behind > 0, np.maximum(bound - behind, 0), 0))
        at = nodes.add(ReduceMax((axis,)), relative)
        largest = nodes.add(Combine((1, 1), np.full([1] * len(shape), -bound)), largest, at)
        labels.append(_index(nodes, largest, bits, extent))
    return labels[0] if count == 1 else nodes.add(Join(axis), *labels)


def _index(nodes: _Nodes, largest: str, bits: int, extent: int) -> str:
    """Return the index that a spread score belongs to, from the remainder of its division by 2^bits."""
    rank = len(nodes.specs[largest].shape)

    def constant(value: int) -> Array:
        return np.full([1] * rank, value)

    # Half is taken away that rescaling adds to round.
    below = nodes.add(Combine((1,), constant(-(1 << bits - 1))), largest)
    span = nodes.specs[largest]
    quotient = nodes.add(Rescale(bits, span.lo >> bits, span.hi >> bits), below)
    index = nodes.add(Combine((-1, 1 << bits), constant((1 << bits) - 1)), largest, quotient)
    return nodes.add(Apply(0, extent - 1), index)


def label_axis(shape: Sequence[int]) -> int:
    """Return the last axis of more than one entry.

    Errors: UsageError where there is none.
    """
    axes = [axis for axis, size in enumerate(shape) if size > 1]
    if not axes:
        raise UsageError("An output of a single score has no largest one; show it, or whether it reaches a threshold.")
    return axes[-1]
