"""ReduceMax: the largest entry along axes, of any number of them.

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
from zkinfer.network.iteration import Iteration, with_unit
from zkinfer.network.lowering import Lowering, Operand, Sum, along, lifted, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View, restricted, separate_view
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS
from zkinfer_verify.statement.relations import Form


@dataclass(frozen=True)
class ReduceMax(Operation):
    """out = the maximum of x along `axes`, which stay with extent 1."""

    kind: ClassVar[str] = "reduce_max"

    axes: tuple[int, ...]

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the kept extents, and the input's range."""
        (x,) = inputs
        if any(not 0 <= axis < len(x.shape) for axis in self.axes) or x.hi - x.lo >= MAX_TABLE_ROWS:
            raise UsageError(f"{where}: no maximum along {self.axes} of {show(x.shape)}, integers in {x.lo}..{x.hi}.")
        shape = tuple(1 if axis in self.axes else extent for axis, extent in enumerate(x.shape))
        return Spec(shape, x.lo, x.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the maxima; every distance is committed, whether it is zero, and how many others are."""
        (x,) = inputs
        out: Integers = x.max(axis=self.axes, keepdims=True)
        distance = out - x
        zero = (distance == 0).astype(np.int64)
        record("zero.argument", distance)
        record("zero", zero)
        record("others", zero.sum(axis=self.axes, keepdims=True) - 1)
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State maximum - distance = x, and that the zeros' number less 1 is not negative."""
        x = lowering.committed(inputs[0])
        reduced = {atom for axis in self.axes for atom in x.view.logical[axis]}
        if any(set(axis) & reduced and not set(axis) <= reduced for axis in x.view.axes):
            x = lowering.laid(x, separate_view(x.view.shape), f"{name}.input")
            reduced = {atom for axis in self.axes for atom in x.view.logical[axis]}
        kept = [bool(axis) and not set(axis) <= reduced for axis in x.view.axes]
        shape = self.spec([Spec(x.view.shape, x.lo, x.hi)], name).shape
        view = restricted(x.view, [axis for axis, keep in zip(x.view.axes, kept, strict=True) if keep], shape)
        out = lowering.held(name, view, x.lo, x.hi)
        is_zero = (np.arange(x.hi - x.lo + 1) == 0).astype(np.int64)
        distance, zero = lowering.applied(f"{name}.zero", x.view, 0, is_zero)
        rest = Form(x.view.dims, (*scaled(distance, -1).terms, *scaled(x.form, -1).terms), -x.form.constant)
        if any(kept):
            maximum = along(out.form, kept, x.view.dims)
        else:
            rest = lifted(rest)
            maximum = along(out.form, [True, *(False for _ in kept)], rest.dims)
        total = Form(rest.dims, (*maximum.terms, *rest.terms), maximum.constant + rest.constant)
        lowering.affine(name, total)
        self._count(lowering, name, zero, kept, view)
        return out

    def _count(self, lowering: Lowering, name: str, zero: Form, kept: Sequence[bool], view: View) -> None:
        """State that the zeros are as many as one and the committed number of others."""
        count = prod(extent for extent, keep in zip(zero.dims, kept, strict=True) if not keep)
        others = lowering.ranged(f"{name}.others", view, 0, max(1, count - 1), name)
        iteration = Iteration(zero.dims, (None,) * len(zero.dims))
        axes: list[tuple[int, ...]] = [(k,) for k in range(len(zero.dims))]
        read = tuple(axis for axis, keep in zip(axes, kept, strict=True) if keep)
        if not read:
            iteration = with_unit(iteration)
            read = ((len(axes),),)
            axes[0] = (*axes[0], len(axes))
        left = shifted(others, 1), iteration.access(read)
        lowering.movement(name, iteration.extents, left, (zero, iteration.access(tuple(axes))))
