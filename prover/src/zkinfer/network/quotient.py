"""Quotient: a tensor divided by a positive one, as what it is multiplied by.

out = x * floor(numerator / divisor)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from zkinfer.network.einsum import Einsum
from zkinfer.network.entrywise import product, zero
from zkinfer.network.lowering import Lowering, Operand, Sum, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec, interval
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Quotient(Operation):
    """x and divisor are of one rank, the divisor with extents of 1 where it is stretched.

    least: the divisor's smallest value, which what it is made of keeps although its range alone does not tell.
    """

    kind: ClassVar[str] = "quotient"

    numerator: int
    least: int

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return x's shape, and the range that the largest factor gives."""
        x, divisor = inputs
        if self.least < 1 or divisor.hi < self.least or len(x.shape) != len(divisor.shape):
            raise UsageError(f"{where}: it divides by {divisor.lo}..{divisor.hi}; only positive integers divide.")
        largest = self.numerator // self.least
        return Spec(x.shape, *interval((0, x.lo * largest, x.hi * largest)))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the products; factors and remainders are committed."""
        x, divisor = inputs
        factor = self.numerator // divisor
        rest = self.numerator - factor * divisor
        record("factor", factor)
        record("rest", rest)
        record("rest.below", divisor - 1 - rest)
        out: Integers = x * factor
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Sum:
        """State factor * divisor = numerator - rest with 0 <= rest < divisor, and leave the product pending."""
        x, divisor = (lowering.committed(tensor) for tensor in inputs)
        largest, view = self.numerator // self.least, divisor.view
        factor = lowering.ranged(f"{name}.factor", view, 0, largest, name)
        rest = lowering.ranged(f"{name}.rest", view, 0, divisor.hi - 1, name)
        slack = lowering.ranged(f"{name}.rest.below", view, 0, divisor.hi - 1, name)
        zero(lowering, name, (1, divisor.form), (-1, rest), (-1, slack), constant=-1)
        product(lowering, name, shifted(scaled(rest, -1), self.numerator), divisor.form, factor)
        first = "".join(LETTERS[axis] for axis in range(len(x.view.shape)))
        second = "".join(
            letter if own == extent else letter.upper()
            for letter, own, extent in zip(first, view.shape, x.view.shape, strict=True)
        )
        return Einsum((first, second), first).lower(
            lowering, name, (x, Operand(f"{name}.factor", view, factor, 0, largest))
        )
