"""Labels: what is shown of an output in place of its scores. The index of the largest, of the k largest, a threshold.

Indices are those along the last axis of more than one entry; of equal scores the first one counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil, isfinite

import numpy as np

from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.network import Node, Port
from zkinfer.network.operation import Operation, Spec
from zkinfer.network.ranking import Add, Ranking
from zkinfer.network.saturate import Saturate
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS

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
        tensor = Ranking(add, known, port.tensor, _axis(port), count).indices()
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
    if port.epilogue != "none":
        raise UsageError(f"Output {port.name!r} is displayed by {port.epilogue}, which a threshold does not see.")
    if port.hi - port.lo >= MAX_TABLE_ROWS:
        first = min(max(ceil(least / port.scale), port.lo), port.hi + 1)
        above = Combine((1,), np.full((1,) * len(port.shape), 1 - first))
        return add(Saturate(0, 0, 1), add(above, port.tensor))
    # Counted from lo: integers beyond 64 bits are refused by what they could reach, later.
    reached = np.arange(port.hi - port.lo + 1, dtype=np.int64) >= ceil(least / port.scale) - port.lo
    return add(Apply(port.lo, port.hi, reached.astype(np.int8)), port.tensor)


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
