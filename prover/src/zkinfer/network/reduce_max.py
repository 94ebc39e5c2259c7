"""ReduceMax: the largest entry along axes, of any number of them; or the smallest.

The distance of every entry from the maximum is looked up together with whether it is zero. No distance is negative, and
at least one is zero: so the maximum is one of the entries and none is larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import show
from zkinfer.network.lowering import Lowering, Operand, Sum, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.rows import Rows
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS
from zkinfer_verify.statement.relations import Form


@dataclass(frozen=True)
class ReduceMax(Operation):
    """out = the maximum of x along `axes`, which stay with extent 1; smallest: the minimum instead."""

    kind: ClassVar[str] = "reduce_max"

    axes: tuple[int, ...]
    smallest: bool = False

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the kept extents, and the input's range."""
        (x,) = inputs
        if any(not 0 <= axis < len(x.shape) for axis in self.axes) or x.hi - x.lo >= MAX_TABLE_ROWS:
            raise UsageError(f"{where}: no maximum along {self.axes} of {show(x.shape)}, integers in {x.lo}..{x.hi}.")
        shape = tuple(1 if axis in self.axes else extent for axis, extent in enumerate(x.shape))
        return Spec(shape, x.lo, x.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the extremes; every distance is committed, whether it is zero, and how many others are."""
        (x,) = inputs
        out: Integers = (x.min if self.smallest else x.max)(axis=self.axes, keepdims=True)
        distance = np.abs(out - x)
        zero = (distance == 0).astype(np.int64)
        record("zero.argument", distance)
        record("zero", zero)
        record("others", zero.sum(axis=self.axes, keepdims=True) - 1)
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State maximum = x + distance, or minimum = x - distance, and that the zeros less 1 are not negative."""
        rows = Rows.of(lowering, lowering.committed(inputs[0]), self.axes, name)
        x = rows.x
        out = lowering.held(name, rows.view, x.lo, x.hi)
        is_zero = (np.arange(x.hi - x.lo + 1) == 0).astype(np.int64)
        distance, zero = lowering.applied(f"{name}.zero", x.view, 0, is_zero)
        away = scaled(distance, -1 if self.smallest else 1)
        moved = Form(x.view.dims, (*x.form.terms, *away.terms), x.form.constant + away.constant)
        rows.equal(lowering, name, out.form, moved)
        count = prod(x.view.shape[axis] for axis in self.axes)
        others = lowering.ranged(f"{name}.others", rows.view, 0, max(1, count - 1), name)
        rows.summed(lowering, name, shifted(others, 1), zero)
        return out
