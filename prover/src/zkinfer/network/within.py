"""Within: the same integers, in a range that they keep although the ranges of what they are made of do not tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Within(Operation):
    """out = x, known to lie in lo .. hi: as one entry that a row of zeros and a single one selects.

    Inputs of narrower ranges than those that the network was made for may leave x less than lo .. hi.
    """

    kind: ClassVar[str] = "within"

    lo: int
    hi: int

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the shape and the narrower range."""
        (x,) = inputs
        lo, hi = self._both(x)
        if lo > hi:
            raise UsageError(f"{where}: nothing in {x.lo}..{x.hi} lies in {self.lo}..{self.hi}.")
        return Spec(x.shape, lo, hi)

    def _both(self, x: Spec | Operand | Sum) -> tuple[int, int]:
        """Return what the two ranges share."""
        return max(x.lo, self.lo), min(x.hi, self.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Return the same integers."""
        return inputs[0]

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """Narrow the range of a tensor; whoever commits it enforces it. A committed one is left for a copy of it."""
        x = inputs[0]
        lo, hi = self._both(x)
        if isinstance(x, Operand) and (lo, hi) == (x.lo, x.hi):
            return x
        return replace(lowering.total(x), name=name, lo=lo, hi=hi)
