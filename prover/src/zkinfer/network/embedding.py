"""Embedding: rows of a constant table, by hidden numbers.

Each number has a row of zeros and a single one at its place; the row times the table is the table's row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array, show
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import ALONG, Access, Contraction, Form, Index, Term


@dataclass(frozen=True, eq=False)
class Embedding(Operation):
    """out[i, e] = table[x[i], e]; x: (count,) of 0 .. rows - 1; table: (rows, entries), two rows at least."""

    kind: ClassVar[str] = "embedding"

    table: Array

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return (count, entries) and the table's range."""
        (x,) = inputs
        if self.table.ndim != 2 or len(self.table) < 2:
            raise UsageError(f"{where}: {show(self.table.shape)} is no table of two rows or more; add a row of zeros.")
        if len(x.shape) != 1 or x.lo < 0 or x.hi >= len(self.table):
            raise UsageError(f"{where}: its indices range in {x.lo}..{x.hi}, the table has {len(self.table)} rows.")
        return Spec((*x.shape, self.table.shape[1]), *self._range)

    @cached_property
    def _range(self) -> tuple[int, int]:
        """The smallest and the largest entry."""
        return int(self.table.min()), int(self.table.max())

    @cached_property
    def _norm(self) -> int:
        """The largest sum of the magnitudes in a column."""
        return int(np.abs(self.table.astype(np.int64)).sum(axis=0).max())

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Take the rows; where the ones are is committed."""
        (x,) = inputs
        record("place", (x[:, np.newaxis] == np.arange(len(self.table))).astype(np.int64))
        return self.table.astype(np.int64)[x]

    def constants(self) -> Mapping[str, Array]:
        """The table, and the numbers of its rows."""
        return {"table": self.table, "numbers": np.arange(len(self.table))}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Sum:
        """State that each row of places sums to 1, and times the rows' numbers to the index; leave the rest pending."""
        (count,), (rows, entries) = inputs[0].view.shape, self.table.shape
        x = lowering.laid(lowering.committed(inputs[0]), View.of((count,), ((0,),)), f"{name}.indices")
        view, out_view = View.of((count, rows), ((0,), (1,))), View.of((count, entries), ((0,), (1,)))
        place = lowering.tabled(f"{name}.place", view, 2, name)
        extents = (count, rows, entries)

        def index(axis: int) -> Index:
            return Index(extents[axis], ((axis, 1),), 0)

        def along(own: View, second: int) -> Access:
            """Return how a form is read whose axes are the indices and another; one of no axis reads the indices."""
            return tuple((index(second if set(own.logical[1]) & set(axis) else 0),) for axis in own.axes)

        read = along(view, 1)
        if count == 1:
            # Beside the rows an iteration axis of extent 1 moves nothing, but it is read.
            read = ((Index(rows, ((1, 1), (0, 1)), 0),),)
        once = Form(x.view.dims, (), 1)
        lowering.movement(name, extents[:2], (once, ((index(0),),)), (place, read))
        numbers = lowering.weight(f"{name}.numbers", lambda: np.arange(rows))
        line = Form((rows,), (Term(1, numbers, (ALONG,)),), 0), ((index(1),),)
        norm = rows * (rows - 1) // 2
        lowering.contraction(name, Contraction(extents[:2], x.form, ((index(0),),), *line, place, read, norm))
        column = lowering.weight(f"{name}.table", lambda: self.table.T)
        matrix = Form((entries, rows), (Term(1, column, (ALONG, ALONG)),), 0), ((index(2),), (index(1),))
        norm = self._norm
        out = Form(out_view.dims, (), 0), along(out_view, 2)
        relation = Contraction(extents, *out, *matrix, place, read, norm)
        return Sum(name, out_view, *self._range, relation)
