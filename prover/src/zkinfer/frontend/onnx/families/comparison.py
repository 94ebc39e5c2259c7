"""Equal, Greater, GreaterOrEqual, Less, LessOrEqual, IsNaN, IsInf: truth values, which are the integers 0 and 1.

With a number, a table of codes. Otherwise the sign of a difference of integers:

    of a tensor of scale s and constants c    sign(s v - c) = sign(2 v - k),    k even where c is a code, odd between
    of two tensors of one scale               sign(v - w)
    of two tensors of other scales            the same, with scales as integers of 30 bits
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from zkinfer.frontend.onnx.families.elementwise import ranked
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import WEIGHT_BITS, Joined, Mapped, Meaning, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import MAX_TABLE_BITS, MOST_LOOKED_UP, Translator
from zkinfer.graph.operator import Array
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.operation import Operation
from zkinfer.network.saturate import Saturate
from zkinfer.network.within import Within

Test = Callable[[Array, Array], Array]
TESTS: dict[str, Test] = {
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "NotEqual": np.not_equal,
}
"""Tests by operator; a cast to truth values is the last one."""
MIRRORED = {
    "Equal": "Equal",
    "Greater": "Less",
    "GreaterOrEqual": "LessOrEqual",
    "Less": "Greater",
    "LessOrEqual": "GreaterOrEqual",
}
"""What a test becomes when its sides are exchanged."""
DIFFERENCE_BITS = 58
"""A difference and its double stay below what saturation takes."""


@family(*MIRRORED)
def compare(node: OnnxNode, t: Translator) -> None:
    """Whether one is equal to, greater or less than the other, entry by entry."""
    if t.constant(node, 0) is not None:
        compared(node, t, 1, MIRRORED[node.op_type], t.required(node, 0, "numbers"))
    elif t.constant(node, 1) is not None:
        compared(node, t, 0, node.op_type, t.required(node, 1, "numbers"))
    else:
        rank = len(t.model.shape(node, node.outputs[0]))
        a, b = (ranked(node, t, t.real(node, index), rank) for index in (0, 1))
        t.give(node, _signed(node, t, _difference(node, t, a, b), node.op_type))


@family("IsNaN", "IsInf")
def never(node: OnnxNode, t: Translator) -> None:
    """No code stands for what is no number, and none for an infinity."""
    t.fold(node, np.zeros(t.model.shape(node, node.outputs[0]), dtype=np.bool_))


def compared(node: OnnxNode, t: Translator, index: int, test: str, constant: Array) -> None:
    """Give whether an input passes a test against constants, in the type in which runtimes compare."""
    kind: DTypeLike = np.float32 if t.model.type(node, node.input(index)) == "float32" else np.float64
    constant, rank = constant.astype(kind), len(t.model.shape(node, node.outputs[0]))
    meaning = t.meaning(node, index)
    if constant.size == 1 and constant.ndim <= len(meaning.shape) and _in_table(meaning):
        number = constant.reshape(-1)[0]

        def holds(x: Array) -> Array:
            return np.asarray(TESTS[test](x.astype(kind), number), dtype=np.float64)

        if isinstance(meaning, Real):
            t.give(node, Mapped(meaning, (holds,)))
        else:
            assert isinstance(meaning, Mapped | Joined)
            t.give(node, meaning.then(holds))
        return
    x = ranked(node, t, t.real(node, index), rank)
    places = _places(x, constant.reshape((1,) * (rank - constant.ndim) + constant.shape))
    twice = t.add(node.name, Combine((2,), -places), [x.tensor])
    t.give(node, _signed(node, t, t.as_real(twice, 1.0), test))


def _in_table(meaning: Meaning) -> bool:
    """Whether a function of real numbers is one of few integers."""
    if isinstance(meaning, Joined):
        return meaning.moves
    return isinstance(meaning, Mapped) or (isinstance(meaning, Real) and meaning.hi - meaning.lo < 1 << MAX_TABLE_BITS)


def _places(x: Real, constant: Array) -> Array:
    """Return where constants lie among the codes of x: 2 v for that of v, 2 v + 1 between those of v and v + 1."""

    def real_of(codes: Array) -> Array:
        numbers: Array = (x.scale * codes).astype(constant.dtype)
        return numbers

    below = np.floor(np.clip(constant.astype(np.float64) / x.scale, x.lo - 1, x.hi + 1)) + 1
    for _ in range(3):  # the quotient is rounded, and so are the codes' real numbers
        below = np.where(real_of(below) > constant, below - 1, below)
    places: Array = np.clip(2 * below + (real_of(below) != constant), 2 * x.lo - 1, 2 * x.hi + 1).astype(np.int64)
    return places


def _difference(node: OnnxNode, t: Translator, a: Real, b: Real) -> Real:
    """Return a - b, of which the sign counts; of one scale exactly."""
    factors = 1, 1
    if a.scale != b.scale:
        peak = max(max(abs(x.lo), abs(x.hi)) for x in (a, b))
        unit = max(a.scale, b.scale) / 2.0 ** min(WEIGHT_BITS, DIFFERENCE_BITS - 1 - peak.bit_length())
        factors = round(a.scale / unit), round(b.scale / unit)
    return t.as_real(t.add(node.name, Combine((factors[0], -factors[1])), [a.tensor, b.tensor]), 1.0)


def _signed(node: OnnxNode, t: Translator, difference: Real, test: str) -> Real:
    """Return whether integers pass a test against zero: by a table of them, or clamped to 0 and 1."""

    def add(op: Operation, *inputs: str) -> str:
        return t.add(node.name, op, inputs)

    lo, hi = difference.lo, difference.hi
    if hi - lo < MOST_LOOKED_UP:
        holds = TESTS[test](np.arange(lo, hi + 1), np.array(0)).astype(np.int8)
        return t.as_real(add(Apply(lo, hi, holds), difference.tensor), 1.0)
    one = np.ones((1,) * len(difference.shape), dtype=np.int8)
    above = add(Saturate(0, 0, 1), difference.tensor)
    reached = add(Saturate(0, 0, 1), add(Combine((1,), one), difference.tensor))
    tensor = {
        "Greater": lambda: above,
        "GreaterOrEqual": lambda: reached,
        "Less": lambda: add(Combine((-1,), one), reached),
        "LessOrEqual": lambda: add(Combine((-1,), one), above),
        # What is above zero reaches it.
        "Equal": lambda: add(Within(0, 1), add(Combine((1, -1)), reached, above)),
        "NotEqual": lambda: add(Within(0, 1), add(Combine((-1, 1), one), reached, above)),
    }[test]()
    return t.as_real(tensor, 1.0)
