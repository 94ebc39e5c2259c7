"""Apply: a function of each code, by one lookup of the code and its image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Array
from zkinfer.network.codes import Codes
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS


@dataclass(frozen=True, eq=False)
class Apply(Operation):
    """out = f(x) for codes x; f: values at lo .. hi, constant beyond; without values a clamp.

    least: no smaller x occurs, although the ranges of what it is made of would allow it; the table begins there.
    """

    kind: ClassVar[str] = "apply"

    lo: int
    hi: int
    values: Array | None = None
    least: int | None = None

    def _span(self, x: Spec | Operand | Sum) -> tuple[int, int]:
        """Return the smallest and the largest argument."""
        return x.lo if self.least is None else max(x.lo, self.least), x.hi

    @property
    def codes(self) -> Codes:
        """The function."""
        return Codes(self.lo, self.hi, self.values)

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the input's shape and the function's range."""
        (x,) = inputs
        if x.hi - x.lo >= MAX_TABLE_ROWS:
            raise UsageError(
                f"{where}: its input takes {x.hi - x.lo + 1} values, at most {MAX_TABLE_ROWS} can be looked up; "
                "quantise it to fewer bits."
            )
        return Spec(x.shape, *self.codes.range(*self._span(x)))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Look every code up; an argument that is no single column is committed again."""
        record("argument", inputs[0])
        return self.codes(inputs[0])

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """Look (x, f(x)) up; a sum is committed on the way, in the table's range."""
        x = inputs[0]
        first, last = self._span(x)
        lo, hi = self.codes.range(first, last)
        if isinstance(x, Sum):
            argument, out = lowering.applied(name, x.view, first, self.codes.over(first, last))
            lowering.state(x, argument)
        else:
            out = lowering.image(name, x, first, self.codes.over(first, last))
        return Operand(name, x.view, out, lo, hi)
