"""Rows: the entries of a tensor along some of its axes, beside tensors that have one entry a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkinfer.network.iteration import Iteration, with_unit
from zkinfer.network.lowering import Lowering, Operand, along, joined, lifted
from zkinfer.network.view import View, restricted, separate_view
from zkinfer.program.values import scaled
from zkinfer_verify.statement.relations import Form


@dataclass(frozen=True)
class Rows:
    """x: the tensor; kept: which of its form's axes tell rows apart; view: of a tensor with one entry a row."""

    x: Operand
    kept: tuple[bool, ...]
    view: View

    @staticmethod
    def of(lowering: Lowering, x: Operand, axes: Sequence[int], name: str) -> Rows:
        """Return the rows along `axes`, which stay with extent 1; x is laid out anew where a form's axis mixes both."""
        reduced = {atom for axis in axes for atom in x.view.logical[axis]}
        if any(set(axis) & reduced and not set(axis) <= reduced for axis in x.view.axes):
            x = lowering.laid(x, separate_view(x.view.shape), f"{name}.input")
            reduced = {atom for axis in axes for atom in x.view.logical[axis]}
        kept = tuple(bool(axis) and not set(axis) <= reduced for axis in x.view.axes)
        shape = tuple(1 if axis in axes else extent for axis, extent in enumerate(x.view.shape))
        own = [axis for axis, keep in zip(x.view.axes, kept, strict=True) if keep]
        return Rows(x, kept, restricted(x.view, own, shape))

    def equal(self, lowering: Lowering, name: str, by_row: Form, by_entry: Form) -> None:
        """State that every entry of a row's form is the one of the other that belongs to the row."""
        if any(self.kept):
            stretched = along(by_row, self.kept, self.x.view.dims)
        else:
            by_entry = lifted(by_entry)
            stretched = along(by_row, [True, *(False for _ in self.kept)], by_entry.dims)
        rest = scaled(by_entry, -1)
        lowering.affine(
            name, Form(rest.dims, joined((*stretched.terms, *rest.terms)), stretched.constant + rest.constant)
        )

    def summed(self, lowering: Lowering, name: str, by_row: Form, by_entry: Form) -> None:
        """State that the entries of each row add up to what belongs to the row."""
        dims = by_entry.dims
        iteration = Iteration(dims, (None,) * len(dims))
        axes: list[tuple[int, ...]] = [(k,) for k in range(len(dims))]
        read = tuple(axis for axis, keep in zip(axes, self.kept, strict=True) if keep)
        if not read:
            iteration = with_unit(iteration)
            read = ((len(axes),),)
            axes[0] = (*axes[0], len(axes))
        out, right = (by_row, iteration.access(read)), (by_entry, iteration.access(tuple(axes)))
        lowering.movement(name, iteration.extents, out, right)
