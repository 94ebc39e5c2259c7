"""InverseRoot: one over the square root of a sum of squares, to a relative 2^-17 whatever its size.

    w = 4^scale * v + offset,          w = m * 4^j + rest,  2^24 <= m < 2^26,  0 <= rest < 4^j
    r = floor(sqrt((2^60 - 1) / m)),   out = r * 2^(octaves - j)  which is about  2^(30 + octaves) / sqrt(w)

The integer w is written as a floating-point number of base 4 first, since squares of what is wanted would not fit.
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
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form

MANTISSA = 24
"""m has 24 or 25 bits after its first one."""
ROOT = (1 << 60) - 1
LARGEST = 1 << 61


@dataclass(frozen=True)
class InverseRoot(Operation):
    """out = about 2^(30 + octaves) / sqrt(4^scale * v + offset), for v >= 0; offset >= 2^24."""

    kind: ClassVar[str] = "inverse_root"

    scale: int
    offset: int
    octaves: int

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the input's shape, and positive integers of 18 bits and the octaves."""
        (v,) = inputs
        largest = (v.hi << 2 * self.scale) + self.offset
        if v.lo < 0 or self.offset < 1 << MANTISSA or largest >= LARGEST:
            raise UsageError(f"{where}: no root of sums of squares in {v.lo}..{v.hi}; quantise to fewer bits.")
        if largest >= 1 << (MANTISSA + 2 + 2 * self.octaves):
            raise UsageError(f"{where}: {self.octaves} octaves do not hold sums of squares up to {v.hi}.")
        return Spec(v.shape, 0, (1 << 18 + self.octaves) - 1)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute mantissas, exponents and roots; all of them are committed."""
        (v,) = inputs
        # No tensor was summed to less than zero: the squares' sum is exact.
        w = (np.asarray(v, dtype=np.int64) << 2 * self.scale) + self.offset
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
        record("root.below", ROOT - r * r * m)
        record("root.above", (r + 1) * (r + 1) * m - ROOT - 1)
        record("octave", np.int64(1) << self.octaves - j)
        out: Integers = r << self.octaves - j
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State the lines above; few tensors are so small that their cells would count."""
        v = lowering.committed(inputs[0])
        view = v.view
        j = np.arange(self.octaves + 1, dtype=np.int64)
        m = lowering.ranged(f"{name}.mantissa", view, 1 << MANTISSA, (1 << MANTISSA + 2) - 1, name)
        at_least(lowering, f"{name}.mantissa.below", view, scaled(m, -1), 1 - (1 << MANTISSA + 2), 3 << MANTISSA)
        exponent, power = lowering.applied(f"{name}.power", view, 0, np.int64(1) << 2 * j)
        rest = lowering.ranged(f"{name}.rest", view, 0, (1 << 2 * self.octaves) - 1, name)
        slack = lowering.ranged(f"{name}.rest.below", view, 0, (1 << 2 * self.octaves) - 1, name)
        zero(lowering, name, (1, power), (-1, rest), (-1, slack), constant=-1)
        w = shifted(scaled(v.form, 1 << 2 * self.scale), self.offset)
        product(lowering, name, _sum(w, scaled(rest, -1)), m, power)
        root = lowering.ranged(f"{name}.root", view, 0, (1 << 18) - 1, name)
        square = lowering.ranged(f"{name}.square", view, 0, (1 << 36) - 1, name)
        product(lowering, name, square, root, root)
        # m r^2 <= 2^60 - 1 < m (r + 1)^2
        reach = (1 << 46) - 1
        below = lowering.ranged(f"{name}.root.below", view, 0, reach, name)
        above = lowering.ranged(f"{name}.root.above", view, 0, reach, name)
        product(lowering, name, shifted(scaled(below, -1), ROOT), m, square)
        product(lowering, name, shifted(above, ROOT + 1), m, shifted(_sum(square, scaled(root, 2)), 1))
        octave = lowering.image(
            f"{name}.octave",
            Operand(f"{name}.power.argument", view, exponent, 0, self.octaves),
            0,
            np.int64(1) << self.octaves - j,
        )
        high = (1 << 18 + self.octaves) - 1
        out = lowering.ranged(name, view, 0, high, name)
        product(lowering, name, out, root, octave)
        return Operand(name, view, out, 0, high)


def _sum(left: Form, right: Form) -> Form:
    """Return the sum of two forms of equal extents."""
    return Form(left.dims, (*left.terms, *right.terms), left.constant + right.constant)
