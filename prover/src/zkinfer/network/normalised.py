"""Normalised: a tensor times a factor for each row, rounded; the factor makes each row's length the same.

out = floor((x * factor + 2^(shift - 1)) / 2^shift)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import show
from zkinfer.network.einsum import Einsum
from zkinfer.network.lowering import Lowering, Operand, Sum, joined
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Normalised(Operation):
    """x and factor are of one rank, the factor with extents of 1 where it is stretched.

    bound: of the results, which the factors keep although the ranges alone do not tell.
    """

    kind: ClassVar[str] = "normalised"

    shift: int
    bound: int

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return x's shape and the bound."""
        x, factor = inputs
        if len(x.shape) != len(factor.shape) or any(
            own not in (1, extent) for extent, own in zip(x.shape, factor.shape, strict=True)
        ):
            raise UsageError(f"{where}: factors of {show(factor.shape)} cannot be stretched to {show(x.shape)}.")
        return Spec(x.shape, -self.bound, self.bound)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute quotients; the remainders are committed as well."""
        x, factor = inputs
        raised = x * factor + (1 << self.shift - 1)
        out = raised >> self.shift
        record("remainder", raised - (out << self.shift))
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State 2^shift out + remainder = x * factor + half."""
        x, factor = (lowering.committed(tensor) for tensor in inputs)
        first = "".join(LETTERS[axis] for axis in range(len(x.view.shape)))
        second = "".join(
            letter if own == extent else letter.upper()
            for letter, own, extent in zip(first, factor.view.shape, x.view.shape, strict=True)
        )
        total = Einsum((first, second), first).lower(lowering, name, (x, factor))
        out = lowering.ranged(name, total.view, -self.bound, self.bound, name)
        remainder = lowering.remainder(f"{name}.remainder", total.view, self.shift)
        raised = scaled(out, 1 << self.shift)
        terms = joined((*raised.terms, *remainder.terms))
        constant = raised.constant + remainder.constant - (1 << self.shift - 1)
        lowering.state(total, Form(out.dims, terms, constant))
        return Operand(name, total.view, out, -self.bound, self.bound)
