"""Rescale: a wide sum to codes again. Rounding, activation and clamp are one lookup beside the remainder's.

    q = floor((x + 2^(shift - 1)) / 2^shift),    out = f(q)

The multiplier is folded into the weights before: an integer per channel, so that one shift serves the whole tensor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from zkinfer.graph.operator import Array
from zkinfer.network.codes import Codes
from zkinfer.network.lowering import Lowering, Operand, Sum, added, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.ties import divided, product_and_rest, span
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS


@dataclass(frozen=True, eq=False)
class Rescale(Operation):
    """out = f(x / 2^shift, rounded), ties upwards; f: `codes`, over lo .. hi and constant beyond.

    divisor: instead of a power of two, with ties to the even neighbour, as floating point rounds; then shift is 0.
    """

    kind: ClassVar[str] = "rescale"

    shift: int
    lo: int
    hi: int
    values: Array | None = None
    divisor: int = 1

    @property
    def codes(self) -> Codes:
        """The function of the rounded quotient."""
        return Codes(self.lo, self.hi, self.values)

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
        """Return the input's shape and the function's range."""
        (x,) = inputs
        first, last = self.span(x)
        if last - first >= MAX_TABLE_ROWS:
            raise UsageError(
                f"{where}: its sums take {last - first + 1} codes before they are clamped, at most {MAX_TABLE_ROWS} "
                "can be looked up; quantise to fewer bits."
            )
        return Spec(x.shape, *self.codes.range(first, last))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute quotients and codes; the quotients and remainders are committed as well."""
        (x,) = inputs
        if self.divisor > 1:
            quotient = divided(x, self.divisor, record, self.lo // 2)
        else:
            raised = x + self.half
            quotient = raised >> self.shift
            if self.shift:
                record("remainder", raised - (quotient << self.shift))
        record("codes.argument", quotient - self.lo)
        codes = self.codes(quotient)
        record("codes", codes - self.base)
        return codes

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State 2^shift q + remainder = x + half, and look (q, out) up."""
        total = lowering.total(inputs[0])
        first, last = self.span(total)
        lo, hi = self.codes.range(first, last)
        # Both are committed less lo: clamps to ranges of one length share a table, wherever the ranges lie.
        first, last = lowering.span(self.key, first - self.lo, last - self.lo)
        values = self.codes.over(first + self.lo, last + self.lo) - self.base
        columns = lowering.applied(f"{name}.codes", total.view, first, values)
        q, out = shifted(columns[0], self.lo), shifted(columns[1], self.base)
        if self.divisor > 1:
            # Pairs are committed less half of lo, for codes of either parity: they share a table where quotients do.
            least, most = first - 1 >> 1, (last >> 1) + 1
            column = lowering.tabled(f"{name}.pair", total.view, most - least + 1, f"{name}.carry", least)
            pair = shifted(column, self.lo // 2)
            lowering.state(total, product_and_rest(lowering, name, total.view, self.divisor, q, pair))
        elif self.shift:
            remainder = lowering.remainder(f"{name}.remainder", total.view, self.shift)
            lowering.state(total, shifted(added(scaled(q, 1 << self.shift), remainder), -self.half))
        else:
            lowering.state(total, q)
        return Operand(name, total.view, out, lo, hi)

    @property
    def base(self) -> int:
        """What codes are committed less: lo, where the function only clamps."""
        return self.lo if self.values is None else 0

    @property
    def key(self) -> Any:
        """What functions share a table: clamps to as many codes, and those with equal values."""
        return self.hi - self.lo, None if self.values is None else self.values.tobytes()
