"""Sums that nothing quantises are wide: they are narrowed before they are multiplied, or added to coarser ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from zkinfer.frontend.onnx.meaning import COMPARED_BITS, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import Translator

NARROW_BITS = 22
PRODUCT_BITS = 42
"""Products of fewer bits are exact, and leave room for a factor."""
FINE = 2.0**-10
"""Of the coarsest scale in a sum: a finer one's factor would have few bits, where its tensor is wide."""


def factors(node: OnnxNode, t: Translator, a: Real, b: Real) -> tuple[Real, Real]:
    """Return two tensors that are multiplied, narrow if they are wide together."""
    if sum(_peak(x).bit_length() for x in (a, b)) <= PRODUCT_BITS:
        return a, b
    return narrow(node, t, a), narrow(node, t, b)


def addends(node: OnnxNode, t: Translator, reals: Sequence[Real]) -> list[Real]:
    """Return tensors that are added, those narrow that are far finer than the coarsest."""
    coarsest = max((real.scale for real in reals), default=0.0)
    return [narrow(node, t, real) if real.scale < coarsest * FINE else real for real in reals]


def narrow(node: OnnxNode, t: Translator, x: Real, bits: int = NARROW_BITS) -> Real:
    """Return real numbers in so many bits and a sign at most; whole numbers stay as they are."""
    if _peak(x).bit_length() <= bits or x.scale == 1:
        return x
    if (x.tensor, bits) not in t.narrowed:
        limit = (1 << bits - 1) - 1
        lo = -limit if x.lo < 0 else floor(x.lo * limit / _peak(x))
        hi = limit if x.hi > 0 else 0
        t.narrowed[x.tensor, bits] = t.quantised(node, t.linear_of(x), x.scale * _peak(x) / limit, lo, hi)
    return t.narrowed[x.tensor, bits]


def compared(node: OnnxNode, t: Translator, index: int = 0) -> Real:
    """Return an input whose entries are compared, or looked up, in tables as long as its range."""
    return narrow(node, t, t.real(node, index), COMPARED_BITS)


def _peak(x: Real) -> int:
    return max(abs(x.lo), abs(x.hi))
