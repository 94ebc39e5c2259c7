"""Softmax and LogSoftmax: a table of exponentials of distances from the maximum, and one division a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.scores import argument
from zkinfer.frontend.onnx.meaning import Fixed, Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum
from zkinfer.network.quotient import Quotient
from zkinfer.network.rearrange import Reshape
from zkinfer.network.reduce_max import ReduceMax

LETTERS = "abcdefgh"
ONE = 1 << 24
"""What stands for e^0: exponentials are multiples of 2^-24, so that results of 16 bits are rounded right."""
LONG_SHIFT = 40


@family("Softmax")
def softmax(node: OnnxNode, t: Translator) -> None:
    """e^(x - max) / sum of e^(x - max), along an axis."""
    x = argument(node, t)
    _, exponentials, total = _exponentials(node, t, x)
    least = 1.0 / t.specs[total].hi

    def operation(fixed: Fixed) -> Quotient:
        return Quotient(fixed.integer(1.0), ONE)

    # What an exponential is multiplied by is rounded, so a tie of the quotient is none of the real numbers.
    inputs = (exponentials, total)
    t.give(node, Linear(node.name, x.shape, (np.array(least),), operation, inputs, rounded=True, longest=LONG_SHIFT))


@family("LogSoftmax")
def log_softmax(node: OnnxNode, t: Translator) -> None:
    """x - max - log(sum of e^(x - max)), along an axis."""
    x = argument(node, t)
    largest, _, total = _exponentials(node, t, x)
    sums = t.as_real(total, 1.0 / ONE)
    logarithm = t.held(node, replace(t.linear_of(sums), rounded=True).then(lambda s: np.log(np.maximum(s, 1.0))))

    def operation(fixed: Fixed) -> Combine:
        return Combine((fixed.integer(x.scale), fixed.integer(-x.scale), fixed.integer(-logarithm.scale)))

    weights = np.array([x.scale, logarithm.scale])
    t.give(node, Linear(node.name, x.shape, (weights,), operation, (x.tensor, largest, logarithm.tensor)))


def _exponentials(node: OnnxNode, t: Translator, x: Real) -> tuple[str, str, str]:
    """Add maxima, exponentials and their sums to the network; returns their tensors."""
    axis = int(node.attributes.get("axis", -1)) % len(x.shape)
    largest = t.add(f"{node.name}/max", ReduceMax((axis,)), [x.tensor])
    distance = t.add(f"{node.name}/distance", Combine((1, -1)), [largest, x.tensor])
    reach = x.hi - x.lo
    values = np.rint(ONE * np.exp(-x.scale * np.arange(reach + 1))).astype(np.int32)
    exponentials = t.add(f"{node.name}/exp", Apply(0, reach, values, 0), [distance])
    labels = LETTERS[: len(x.shape)]
    out = labels.replace(labels[axis], "")
    sums = t.add(f"{node.name}/sum", Einsum((labels, ""), out), [exponentials])
    shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return largest, exponentials, t.add(f"{node.name}/sums", Reshape(shape), [sums])
