"""Saturate: a wide sum to codes again, where its quotients are too many for a table.

    q = floor((x + 2^(shift - 1)) / 2^shift) = out + over - under,    over (hi - out) = 0,    under (out - lo) = 0

with lo <= out <= hi and over, under >= 0: what q exceeds hi by can be something only where out is hi.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.network.entrywise import zero
from zkinfer.network.lowering import LARGEST_TABLE, Lowering, Operand, Sum, added, joined, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.ties import divided, product_and_rest, span
from zkinfer.network.view import View
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form, Vanish

LARGEST = 1 << 60


@dataclass(frozen=True)
class Saturate(Operation):
    """out = min(max(x / 2^shift, rounded, lo), hi), ties upwards; lo < hi.

    divisor: instead of a power of two, with ties to the even neighbour; then shift is 0.
    """

    kind: ClassVar[str] = "saturate"

    shift: int
    lo: int
    hi: int
    divisor: int = 1

    @property
    def half(self) -> int:
        """What is added before the shift."""
        return 1 << self.shift - 1 if self.shift else 0

    def span(self, x: Spec | Operand | Sum) -> tuple[int, int]:
        """Return the smallest and the largest quotient."""
        if self.divisor > 1:
            return span(x.lo, x.hi, self.divisor)
        return (x.lo + self.half) >> self.shift, (x.hi + self.half) >> self.shift

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the input's shape and the codes."""
        (x,) = inputs
        reach = max(map(abs, (*self.span(x), self.lo, self.hi)))
        if self.lo >= self.hi or (reach << self.shift) * self.divisor >= LARGEST:
            raise UsageError(f"{where}: its sums range in {x.lo}..{x.hi}; quantise to fewer bits.")
        return Spec(x.shape, self.lo, self.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute quotients and codes; what exceeds the codes' range and the remainders are committed as well."""
        (x,) = inputs
        if self.divisor > 1:
            quotient = divided(x, self.divisor, record)
        else:
            raised = x + self.half
            quotient = raised >> self.shift
            if self.shift:
                record("remainder", raised - (quotient << self.shift))
        out: Integers = np.clip(quotient, self.lo, self.hi)
        record("room", self.hi - out)
        record("over", np.maximum(quotient - self.hi, 0))
        record("under", np.maximum(self.lo - quotient, 0))
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State 2^shift (out + over - under) + remainder = x + half, and the products that are zero."""
        total = lowering.total(inputs[0])
        view, (first, last) = total.view, self.span(total)
        out = lowering.held(name, view, self.lo, self.hi)
        terms = [*out.form.terms]
        if last > self.hi:
            terms += self._beyond(lowering, f"{name}.over", view, last - self.hi, self._room(lowering, name, out)).terms
        if first < self.lo:
            under = self._beyond(lowering, f"{name}.under", view, self.lo - first, shifted(out.form, -self.lo))
            terms += scaled(under, -1).terms
        quotient = Form(out.form.dims, joined(terms), out.form.constant)
        lowering.state(total, self._sum(lowering, name, total, quotient))
        return out

    def _beyond(self, lowering: Lowering, name: str, view: View, reach: int, room: Form) -> Form:
        """Commit what quotients exceed a bound by, which is zero where there is room left to the bound."""
        beyond = lowering.ranged(name, view, 0, reach, name)
        lowering.builder.vanishes.append((name, Vanish((beyond, room))))
        return beyond

    def _room(self, lowering: Lowering, name: str, out: Operand) -> Form:
        """Return hi - out, which is at least 0: by the table of out, or committed by limbs as out itself is."""
        if self.hi - self.lo < LARGEST_TABLE:
            return shifted(scaled(out.form, -1), self.hi)
        room = lowering.ranged(f"{name}.room", out.view, 0, self.hi - self.lo, name)
        zero(lowering, name, (1, out.form), (1, room), constant=-self.hi)
        return room

    def _sum(self, lowering: Lowering, name: str, total: Sum, q: Form) -> Form:
        """Return the sum whose quotient is q: 2^shift q + remainder - half, or by pairs of quotients."""
        if self.divisor > 1:
            lo, hi = (bound // (2 * self.divisor) for bound in (total.lo, total.hi))
            pair = lowering.ranged(f"{name}.pair", total.view, lo, hi, f"{name}.pair")
            return product_and_rest(lowering, name, total.view, self.divisor, q, pair)
        if not self.shift:
            return q
        remainder = lowering.remainder(f"{name}.remainder", total.view, self.shift)
        return shifted(added(scaled(q, 1 << self.shift), remainder), -self.half)
