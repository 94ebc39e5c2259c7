"""Not, And, Or, Xor: of truth values, which are the integers 0 and 1."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import product, ranked, scaled
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine


@family("Not")
def negation(node: OnnxNode, t: Translator) -> None:
    """1 - x."""
    x = t.real(node)
    t.give(node, scaled(node, t, x, np.array(-1.0), np.ones((1,) * len(x.shape))))


@family("And")
def conjunction(node: OnnxNode, t: Translator) -> None:
    """The product."""
    if not _with_constant(node, t):
        t.give(node, product(node, t, t.real(node), t.real(node, 1)))


@family("Or")
def disjunction(node: OnnxNode, t: Translator) -> None:
    """Whether the sum is 1 or 2."""
    if not _with_constant(node, t):
        _of_sum(node, t, (0, 1, 1))


@family("Xor")
def difference(node: OnnxNode, t: Translator) -> None:
    """Whether the sum is 1."""
    if not _with_constant(node, t):
        _of_sum(node, t, (0, 1, 0))


def _with_constant(node: OnnxNode, t: Translator) -> bool:
    """Give the result with a constant c, which is linear in the other: c x,  c + (1 - c) x,  c + (1 - 2 c) x."""
    for index in (0, 1):
        constant = t.constant(node, index)
        if constant is not None:
            c, rank = constant.astype(np.float64), len(t.model.shape(node, node.outputs[0]))
            c = c.reshape((1,) * (rank - c.ndim) + c.shape)
            factor = {"And": c, "Or": 1.0 - c, "Xor": 1.0 - 2.0 * c}[node.op_type]
            x = ranked(node, t, t.real(node, 1 - index), rank)
            t.give(node, scaled(node, t, x, factor, None if node.op_type == "And" else c))
            return True
    return False


def _of_sum(node: OnnxNode, t: Translator, values: tuple[int, ...]) -> None:
    """Look up what the sum of two truth values tells."""
    rank = len(t.model.shape(node, node.outputs[0]))
    a, b = (ranked(node, t, t.real(node, index), rank) for index in (0, 1))
    total = t.add(node.name, Combine((1, 1)), [a.tensor, b.tensor])
    t.give(node, t.as_real(t.add(node.name, Apply(0, 2, np.array(values, dtype=np.int8)), [total]), 1.0))
