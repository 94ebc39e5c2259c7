"""Labels: what is shown of an output in place of its scores. The index of the largest, of the k largest, a threshold.

Indices are those along the last axis of more than one entry, at most 2^s of them; of equal scores the first one counts.
They are made of other operations: scores are spread so that no two are equal,

    y_j = 2^s x_j + (2^s - 1 - j),    m = max_j y_j,    label = 2^s - 1 - (m mod 2^s),

and for the next one the largest is taken out: z_j = N - (m - y_j) for all others, 0 for it, N a bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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

Add = Callable[..., str]
"""Adds an operation that reads some tensors, add(op, *names); returns the name of its own."""
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
    nodes, known = list[Node](), dict(specs)

    def add(op: Operation, *inputs: str) -> str:
        node = Node(f"{port.tensor}/{label}/{len(nodes)}", op, inputs)
        known[node.name] = op.spec([known[name] for name in inputs], node.where)
        nodes.append(node)
        return node.name

    if label.startswith("threshold:"):
        tensor = _threshold(add, port, label.removeprefix("threshold:"))
    else:
        count = 1 if label == "argmax" else int(label.removeprefix("top"))
        tensor = largest(add, known, port.tensor, _axis(port), count)
    spec = known[tensor]
    return nodes, Port(f"{port.name}.{label}", tensor, spec.shape, spec.lo, spec.hi, 1.0, public=True)


def _threshold(add: Add, port: Port, number: str) -> str:
    """Return 1 where a score is at least a real number, else 0."""
    try:
        least = float(number)
    except ValueError:
        least = float("nan")
    if not isfinite(least):
        raise UsageError(f"A threshold is a number, as in threshold:0.5, not {number!r}.")
    reached = np.arange(port.lo, port.hi + 1, dtype=np.int64) >= ceil(least / port.scale)
    return add(Apply(port.lo, port.hi, reached.astype(np.int8)), port.tensor)


def largest(add: Add, specs: Mapping[str, Spec], x: str, axis: int, count: int = 1) -> str:
    """Return the indices of the largest entries of a tensor along an axis, the largest first; `count` of them.

    add: adds an operation on tensors and returns its own; specs: of the tensors, those that are added among them.
    Errors: UsageError for a count beyond the extent, and for entries that range too far.
    """
    shape = [1] * len(specs[x].shape)
    extent = shape[axis] = specs[x].shape[axis]
    if count > extent:
        raise UsageError(f"{x} has {extent} entries along axis {axis}; it has no {count} largest ones.")
    bits = max(1, (extent - 1).bit_length())
    last = (1 << bits) - 1
    y = add(Combine((1 << bits,), np.arange(last, last - extent, -1).reshape(shape)), x)
    bound = specs[y].hi - specs[y].lo + 1
    at = add(ReduceMax((axis,)), y)
    indices, relative, best = [_index(add, specs, at, bits, extent)], y, at
    for _ in range(count - 1):
        distance = add(Combine((1, -1)), best, relative)
        lo, hi = specs[distance].lo, specs[distance].hi
        behind = np.arange(lo, hi + 1, dtype=np.int64)
        relative = add(Apply(lo, hi, np.where(behind > 0, np.maximum(bound - behind, 0), 0)), distance)
        best = add(ReduceMax((axis,)), relative)
        at = add(Combine((1, 1), np.full([1] * len(shape), -bound)), at, best)
        indices.append(_index(add, specs, at, bits, extent))
    return indices[0] if count == 1 else add(Join(axis), *indices)


def _index(add: Add, specs: Mapping[str, Spec], at: str, bits: int, extent: int) -> str:
    """Return the index that a spread entry belongs to, from the remainder of its division by 2^bits."""
    rank, lo, hi = len(specs[at].shape), specs[at].lo, specs[at].hi

    def constant(value: int) -> Array:
        return np.full([1] * rank, value)

    # Half is taken away that rescaling adds to round.
    quotient = add(Rescale(bits, lo >> bits, hi >> bits), add(Combine((1,), constant(-(1 << bits - 1))), at))
    index = add(Combine((-1, 1 << bits), constant((1 << bits) - 1)), at, quotient)
    return add(Apply(0, extent - 1), index)


def _axis(port: Port) -> int:
    """Return the last axis of more than one entry.

    Errors: UsageError where there is none.
    """
    axes = [axis for axis, size in enumerate(port.shape) if size > 1]
    if not axes:
        raise UsageError(
            f"Output {port.name!r} of a single score has no largest one; show it, or whether it reaches a threshold."
        )
    return axes[-1]
