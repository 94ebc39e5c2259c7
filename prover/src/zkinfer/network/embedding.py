"""Embedding: rows of a constant table, by hidden numbers.

Each number has a row of zeros and a single one at its place; the row times the table is the table's row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.lowering import Lowering, Operand, Sum, joined
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import InternalError, UsageError
from zkinfer_verify.statement.relations import ALONG, Contraction, Form, Index, Term


@dataclass(frozen=True, eq=False)
class Embedding(Operation):
    """out[i, e] = table[x[i], e]; x: (count,) of 0 .. rows - 1; table: (rows, entries)."""

    kind: ClassVar[str] = "embedding"

    table: Array

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return (count, entries) and the table's range."""
        (x,) = inputs
        if len(x.shape) != 1 or x.lo < 0 or x.hi >= len(self.table):
            raise UsageError(f"{where}: its indices range in {x.lo}..{x.hi}, the table has {len(self.table)} rows.")
        return Spec((*x.shape, self.table.shape[1]), int(self.table.min()), int(self.table.max()))

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
        x = lowering.committed(inputs[0])
        count, rows, entries = x.view.shape[0], *self.table.shape
        if min(rows, entries) < 2:
            raise InternalError(f"{name}: a table of {rows} rows of {entries} entries is no table")
        view = View.of((count, rows), ((0,), (1,)))
        place = lowering.tabled(f"{name}.place", view, 2, name)
        form, kept = place, view.logical[0]
        extents = (count, rows, entries)

        def index(axis: int) -> Index:
            return Index(extents[axis], ((axis, 1),), 0)

        # The rows' axis of the places, and that of the numbers if there are several.
        order = [1 if view.logical[1][0] in axis else 0 for axis in view.axes]
        read = tuple((index(axis),) for axis in order)
        if not kept:
            extents = (1, rows, entries)
            read = ((Index(rows, ((1, 1), (0, 1)), 0),),)
        once = Form(x.view.dims, (), 1)
        lowering.movement(name, extents[:2], (once, ((index(0),),)), (form, read))
        numbers = lowering.weight(f"{name}.numbers", np.arange(rows))
        by_number = Form((rows,), (Term(1, numbers, (ALONG,)),), 0)
        at = ((index(1),),)
        peak = rows * (rows - 1) // 2
        lowering.contraction(name, Contraction(extents[:2], x.form, ((index(0),),), by_number, at, form, read, peak))
        column = lowering.weight(f"{name}.table", np.ascontiguousarray(self.table.T))
        left = Form((entries, rows), (Term(1, column, (ALONG, ALONG)),), 0)
        out_view = View.of((count, entries), ((0,), (1,)))
        out_order = [1 if out_view.logical[1][0] in axis else 0 for axis in out_view.axes]
        written = tuple((index(2) if axis else index(0),) for axis in out_order)
        norm = int(np.abs(self.table.astype(np.int64)).sum(axis=0).max())
        empty = Form(out_view.dims, (), 0)
        relation = Contraction(extents, empty, written, left, ((index(2),), (index(1),)), form, read, norm)
        return Sum(name, out_view, int(self.table.min()), int(self.table.max()), relation, joined(()))
