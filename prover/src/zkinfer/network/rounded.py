"""Rounded: a wide sum divided by a power of two, where its quotients are too many for a table, and the remainder left.

out = floor((x + 2^(shift - 1)) / 2^shift)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from zkinfer.network.lowering import Lowering, Operand, Sum, joined
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form

LARGEST = 1 << 62


@dataclass(frozen=True)
class Rounded(Operation):
    """bound: of the results' absolute values, which what x is made of keeps although its range alone does not tell."""

    kind: ClassVar[str] = "rounded"

    shift: int
    bound: int

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the shape and the bound."""
        (x,) = inputs
        if self.shift < 1 or self.bound < 1 or max(x.peak, self.bound << self.shift) >= LARGEST:
            raise UsageError(f"{where}: its sums range in {x.lo}..{x.hi}; quantise to fewer bits.")
        return Spec(x.shape, -self.bound, self.bound)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute quotients; the remainders are committed as well."""
        raised = inputs[0] + (1 << self.shift - 1)
        out = raised >> self.shift
        record("remainder", raised - (out << self.shift))
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State 2^shift out + remainder = x + half."""
        total = lowering.total(inputs[0])
        out = lowering.ranged(name, total.view, -self.bound, self.bound, name)
        remainder = lowering.remainder(f"{name}.remainder", total.view, self.shift)
        raised = scaled(out, 1 << self.shift)
        constant = raised.constant + remainder.constant - (1 << self.shift - 1)
        lowering.state(total, Form(out.dims, joined((*raised.terms, *remainder.terms)), constant))
        return Operand(name, total.view, out, -self.bound, self.bound)
