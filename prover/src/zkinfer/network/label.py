"""Labels: what is shown of an output in place of its scores. Whether each of them reaches a threshold."""

from __future__ import annotations

import re
from math import ceil, isfinite

import numpy as np

from zkinfer.network.apply import Apply
from zkinfer.network.network import Node, Port
from zkinfer.network.operation import Operation
from zkinfer_verify.errors import UsageError

FORMS = "threshold:NUMBER"


def is_label(text: str) -> bool:
    """Whether a text names a label."""
    return re.fullmatch(r"threshold:\S+", text) is not None


def labelled(port: Port, label: str, taken: set[str]) -> tuple[list[Node], Port]:
    """Return the nodes that compute a label of an output, and the port that shows it, called `output.label`.

    taken: names of tensors that exist.
    Errors: UsageError for another label.
    """
    name = f"{port.name}.{label}"
    tensor = next(candidate for k in range(len(taken) + 1) if (candidate := f"label{k}") not in taken)
    op = _operation(port, label)
    spec = op.spec([port.spec], name)
    return [Node(tensor, op, (port.tensor,))], Port(name, tensor, spec.shape, spec.lo, spec.hi, 1.0, public=True)


def _operation(port: Port, label: str) -> Operation:
    kind, _, number = label.partition(":")
    if kind == "threshold":
        return _threshold(port, number)
    raise UsageError(f"{label!r} is no label of output {port.name!r}; use one of {FORMS}.")


def _threshold(port: Port, number: str) -> Operation:
    """Return 1 where a score is at least a real number, else 0."""
    try:
        least = float(number)
    except ValueError:
        least = float("nan")
    if not isfinite(least):
        raise UsageError(f"A threshold is a number, as in threshold:0.5, not {number!r}.")
    codes = np.arange(port.lo, port.hi + 1, dtype=np.int64)
    return Apply(port.lo, port.hi, (codes >= ceil(least / port.scale)).astype(np.int8))
