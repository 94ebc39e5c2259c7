"""What the model does not quantise gets integers all the same: exact ones, or fine ones.

Sums and clamps of them stay exact while they are small; functions of few codes take 22 bits, other functions 16.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.frontend.onnx.joining import held_together
from zkinfer.frontend.onnx.meaning import (
    FEW_CODES,
    FINE_BITS,
    HELD_BITS,
    WIDE_BITS,
    Clamp,
    Fixed,
    Input,
    Joined,
    Linear,
    Mapped,
    Meaning,
    Real,
    clamp_of,
    composed,
)
from zkinfer.frontend.onnx.model import OnnxNode

if TYPE_CHECKING:
    from zkinfer.frontend.onnx.translator import Translator

EXACT_BITS = 36
"""Sums that are no whole numbers stay exact in as many bits; wider ones are rounded to WIDE_BITS."""
MAX_TABLE_BITS = 16


def held(t: Translator, node: OnnxNode, meaning: Linear | Mapped | Joined) -> Real:
    """Give a scale to what the model does not quantise."""
    if isinstance(meaning, Joined):
        return held_together(t, node, meaning)
    clamp = clamp_of(meaning.functions)
    if meaning.functions and clamp is not None:
        linear = meaning if isinstance(meaning, Linear) else t.linear_of(meaning.real)
        unit, linear = linear.finest(), replace(linear, functions=meaning.functions)
        if clamp.within(unit.scale) and _fits(t, linear, unit):
            return _clamped_exactly(t, node, linear, unit)
        return _rounded(t, node, linear)
    if isinstance(meaning, Linear) and not meaning.functions:
        fixed = meaning.finest()
        return (
            t.as_real(t.sum_of(meaning, fixed), fixed.scale) if _fits(t, meaning, fixed) else _rounded(t, node, meaning)
        )
    if isinstance(meaning, Mapped) and meaning.whole():
        values = meaning.values()
        return t.quantised(node, meaning, 1.0, int(values.min()), int(values.max()))
    return coded(t, node, meaning)


def coded(t: Translator, node: OnnxNode, meaning: Meaning) -> Real:
    """Give 16 bits to what the model does not quantise, whatever it is, and more to a function of few codes."""
    if isinstance(meaning, Real | Input):
        return t.real(node)
    if isinstance(meaning, Joined):
        return held_together(t, node, meaning)
    bits = HELD_BITS
    if isinstance(meaning, Linear):
        lo, hi = t.bounds(meaning)
        values = composed(meaning.functions, np.linspace(lo, hi, 1 << MAX_TABLE_BITS))
    else:
        values = meaning.values()
        bits = FINE_BITS if 2 < len(values) <= FEW_CODES else HELD_BITS
    peak = float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0
    limit = (1 << bits - 1) - 1
    return t.quantised(node, meaning, peak / limit, -limit, limit)


def _fits(t: Translator, linear: Linear, unit: Fixed) -> bool:
    """Whether integers in a unit may stay as they are: whole numbers whatever their size."""
    if linear.whole() is not None:
        return True
    return max(map(abs, t.bounds(linear))) < unit.scale * 2.0**EXACT_BITS


def _clamped_exactly(t: Translator, node: OnnxNode, linear: Linear, unit: Fixed) -> Real:
    """Clamp a sum of integers in units of their own."""
    least, largest = t.bounds(linear)
    clamp = clamp_of(linear.functions) or Clamp()
    lo, hi = (int(np.rint(np.clip(bound, clamp.lo, clamp.hi) / unit.scale)) for bound in (least, largest))
    return t.quantised(node, linear, unit.scale, lo, hi)


def _rounded(t: Translator, node: OnnxNode, linear: Linear) -> Real:
    """Round a sum, or a clamp of one, to WIDE_BITS."""
    clamp = clamp_of(linear.functions) or Clamp()
    reach = [float(np.clip(bound, clamp.lo, clamp.hi)) for bound in t.bounds(linear)]
    limit = (1 << WIDE_BITS - 1) - 1
    scale = (max(map(abs, reach)) or 1.0) / limit
    return t.quantised(node, linear, scale, -limit if reach[0] < 0 else 0, limit if reach[1] > 0 else 0)
