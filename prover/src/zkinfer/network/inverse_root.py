"""InverseRoot: one over the square root of a sum of squares, to a relative 2^-22 whatever its size.

    w = max(4^scale * v + offset, 2^24 * 4^first),    w = m * 4^j + rest,    2^24 <= m < 2^26,    0 <= rest < 4^j
    r = floor(2^29 / sqrt(m)),    e = 2^58 - m r^2,    s = 2^5 r + round(r e / 2^54),    out = s * 2^(last - j)

The integer w is written as a floating-point number of base 4 first, since squares of what is wanted would not fit; and
a step of Newton's method, 2^5 r (1 + e / 2^59), takes the root from 17 bits to 22.
So out is about 2^(34 + last) / sqrt(w).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import ClassVar

import numpy as np

from zkinfer.network.entrywise import at_least, product, zero
from zkinfer.network.lowering import Lowering, Operand, Sum, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form, Vanish

MANTISSA = 24
"""m has 24 or 25 bits after its first one."""
ROOT = 1 << 58
LARGEST_ROOT = 1 << 17
LARGEST = 1 << 61
MORE = 5
"""Bits that the step of Newton's method adds."""
STEP = 59 - MORE
BITS = 29 + MORE
"""out is about 2^(BITS + last) / sqrt(w)."""
OUT_BITS = 18 + MORE


@dataclass(frozen=True)
class InverseRoot(Operation):
    """out = about 2^(34 + first + octaves) / sqrt(max(4^scale * v + offset, 2^24 * 4^first)), for v >= 0."""

    kind: ClassVar[str] = "inverse_root"

    scale: int
    offset: int
    first: int
    octaves: int

    @property
    def last(self) -> int:
        """The largest exponent."""
        return self.first + self.octaves

    @property
    def least(self) -> int:
        """What w is at least."""
        return 1 << MANTISSA + 2 * self.first

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the input's shape, and positive integers of 23 bits and the octaves."""
        (v,) = inputs
        largest = (v.hi << 2 * self.scale) + self.offset
        if v.lo < 0 or self.offset < 0 or max(largest, self.least) >= LARGEST:
            raise UsageError(f"{where}: no root of sums of squares in {v.lo}..{v.hi}; quantise to fewer bits.")
        if largest >= 1 << (MANTISSA + 2 + 2 * self.last):
            raise UsageError(f"{where}: {self.octaves} octaves do not hold sums of squares up to {v.hi}.")
        return Spec(v.shape, 0, (1 << OUT_BITS + self.octaves) - 1)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute mantissas, exponents and roots; all of them are committed."""
        (v,) = inputs
        raised = (np.asarray(v, dtype=np.int64) << 2 * self.scale) + self.offset
        w = np.maximum(raised, self.least)
        record("above", w - self.least)
        record("missing", w - raised)
        flat = [int(value) for value in w.reshape(-1)]
        exponents = [(value.bit_length() - MANTISSA - 1) // 2 for value in flat]
        mantissas = [value >> 2 * j for value, j in zip(flat, exponents, strict=True)]
        roots = [isqrt(ROOT // m) for m in mantissas]

        def tensor(values: list[int]) -> Integers:
            return np.array(values, dtype=np.int64).reshape(v.shape)

        m, j, r = tensor(mantissas), tensor(exponents), tensor(roots)
        power = np.int64(1) << 2 * j
        rest = w - m * power
        record("mantissa", m)
        record("mantissa.below", (1 << MANTISSA + 2) - 1 - m)
        record("power.argument", j)
        record("power", power)
        record("rest", rest)
        record("rest.below", power - 1 - rest)
        record("root", r)
        record("square", r * r)
        below = ROOT - r * r * m
        record("root.below", below)
        record("root.above", (r + 1) * (r + 1) * m - ROOT - 1)
        correction = (r * below + (1 << STEP - 1)) >> STEP
        record("correction", correction)
        record("correction.rest", r * below + (1 << STEP - 1) - (correction << STEP))
        record("octave", np.int64(1) << self.last - j)
        out: Integers = ((r << MORE) + correction) << self.last - j
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State the lines above; few tensors are so small that their cells would count."""
        v = lowering.committed(inputs[0])
        view = v.view
        w = self._at_least(lowering, name, v)
        j = np.arange(self.first, self.last + 1, dtype=np.int64)
        m = lowering.ranged(f"{name}.mantissa", view, 1 << MANTISSA, (1 << MANTISSA + 2) - 1, name)
        at_least(lowering, f"{name}.mantissa.below", view, scaled(m, -1), 1 - (1 << MANTISSA + 2), 3 << MANTISSA)
        exponent, power = lowering.applied(f"{name}.power", view, self.first, np.int64(1) << 2 * j)
        rest = lowering.ranged(f"{name}.rest", view, 0, (1 << 2 * self.last) - 1, name)
        slack = lowering.ranged(f"{name}.rest.below", view, 0, (1 << 2 * self.last) - 1, name)
        zero(lowering, name, (1, power), (-1, rest), (-1, slack), constant=-1)
        product(lowering, name, _sum(w, scaled(rest, -1)), m, power)
        octaves = np.int64(1) << self.last - j
        argument = Operand(f"{name}.power.argument", view, exponent, self.first, self.last)
        octave = lowering.image(f"{name}.octave", argument, self.first, octaves)
        high = (1 << OUT_BITS + self.octaves) - 1
        out = lowering.ranged(name, view, 0, high, name)
        product(lowering, name, out, self._root(lowering, name, view, m), octave)
        return Operand(name, view, out, 0, high)

    def _at_least(self, lowering: Lowering, name: str, v: Operand) -> Form:
        """Return w: one of what it exceeds its least value by, and what is missing to it, is zero."""
        raised = shifted(scaled(v.form, 1 << 2 * self.scale), self.offset)
        largest = (v.hi << 2 * self.scale) + self.offset
        above = lowering.ranged(f"{name}.above", v.view, 0, max(1, largest - self.least), name)
        missing = lowering.ranged(f"{name}.missing", v.view, 0, max(1, self.least - self.offset), name)
        lowering.builder.vanishes.append((name, Vanish((above, missing))))
        w = shifted(above, self.least)
        zero(lowering, name, (1, w), (-1, missing), (-1, raised))
        return w

    def _root(self, lowering: Lowering, name: str, view: View, m: Form) -> Form:
        """Return s, from m r^2 <= 2^58 < m (r + 1)^2 and the step that follows."""
        root = lowering.ranged(f"{name}.root", view, 0, LARGEST_ROOT, name)
        square = lowering.ranged(f"{name}.square", view, 0, LARGEST_ROOT**2, name)
        product(lowering, name, square, root, root)
        below = lowering.ranged(f"{name}.root.below", view, 0, (1 << 44) - 1, name)
        above = lowering.ranged(f"{name}.root.above", view, 0, (1 << 44) - 1, name)
        product(lowering, name, shifted(scaled(below, -1), ROOT), m, square)
        product(lowering, name, shifted(above, ROOT + 1), m, shifted(_sum(square, scaled(root, 2)), 1))
        # The correction is under 2^44 * 2^17 / 2^54.
        correction = lowering.ranged(f"{name}.correction", view, 0, (1 << 61 - STEP) - 1, name)
        remainder = lowering.remainder(f"{name}.correction.rest", view, STEP)
        step = _sum(scaled(correction, 1 << STEP), remainder)
        product(lowering, name, shifted(step, -(1 << STEP - 1)), root, below)
        return _sum(scaled(root, 1 << MORE), correction)


def _sum(left: Form, right: Form) -> Form:
    """Return the sum of two forms of equal extents."""
    return Form(left.dims, (*left.terms, *right.terms), left.constant + right.constant)
