"""Rescale: a wide sum to codes again. Rounding, activation and clamp are one lookup beside the remainder's.

    q = floor((x + 2^(shift - 1)) / 2^shift),    out = f(q)

The multiplier is folded into the weights before: an integer per channel, so that one shift serves the whole tensor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.codes import Codes
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS
from zkinfer_verify.statement.relations import Form


@dataclass(frozen=True, eq=False)
class Rescale(Operation):
    """out = f(x / 2^shift, rounded), ties upwards; f: `codes`, over lo .. hi and constant beyond.

    even: ties go to the even neighbour, as floating point rounds: for shifts so short that ties are common.
    """

    kind: ClassVar[str] = "rescale"

    shift: int
    lo: int
    hi: int
    values: Array | None = None
    even: bool = False

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
        slack = 1 if self.even and self.shift else 0
        return (x.lo + self.half - slack) >> self.shift, (x.hi + self.half) >> self.shift

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
        raised = x + self.half
        quotient = raised >> self.shift
        if self.even and self.shift:
            ties = (raised & ((1 << self.shift) - 1)) == 0
            quotient = quotient - (ties & (quotient & 1 == 1))
            odd = quotient & 1
            rest = raised - odd - (quotient << self.shift)
            record("odd", odd)
            record("below", rest)
            record("above", (1 << self.shift) - 2 * odd - rest)
        elif self.shift:
            record("remainder", raised - (quotient << self.shift))
        record("argument", quotient)
        return self.codes(quotient)

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State 2^shift q + remainder = x + half, and look (q, out) up."""
        total = lowering.total(inputs[0])
        first, last = self.span(total)
        lo, hi = self.codes.range(first, last)
        first, last = lowering.span(self.key, first, last)
        q, out = lowering.applied(name, total.view, first, self.codes.over(first, last))
        left = scaled(q, 1 << self.shift)
        terms, constant = left.terms, left.constant - self.half
        if self.even and self.shift:
            odd, below = self._parity(lowering, name, q, total, first, last)
            terms, constant = (*terms, *below.terms, *odd.terms), constant + below.constant + odd.constant
        elif self.shift:
            remainder = lowering.ranged(f"{name}.remainder", total.view, 0, (1 << self.shift) - 1, f"{name}.remainder")
            terms, constant = (*terms, *remainder.terms), constant + remainder.constant
        lowering.state(total, Form(q.dims, terms, constant))
        return Operand(name, total.view, out, lo, hi)

    def _parity(self, lowering: Lowering, name: str, q: Form, total: Sum, first: int, last: int) -> tuple[Form, Form]:
        """Bound the remainder by the quotient's parity: an odd quotient takes no tie.

        x + half = 2^shift q + odd + below  with  below >= 0  and  below + 2 odd <= 2^shift; returns (odd, below).
        """
        whole, view = 1 << self.shift, total.view
        parity = np.arange(first, last + 1, dtype=np.int64) & 1
        argument = Operand(f"{name}.argument", view, q, first, last)
        odd = lowering.image(f"{name}.odd", argument, first, parity)
        below = lowering.ranged(f"{name}.below", view, 0, whole, f"{name}.remainder")
        above = lowering.ranged(f"{name}.above", view, 0, whole, f"{name}.remainder")
        terms = (*above.terms, *below.terms, *scaled(odd, 2).terms)
        lowering.affine(name, Form(q.dims, terms, above.constant + below.constant - whole))
        return odd, below

    @property
    def key(self) -> Any:
        """What functions share a table: those with equal clamps and values."""
        return self.lo, self.hi, None if self.values is None else self.values.tobytes()
