"""Grids: views whose axes are one or two whole axes of the tensor, so that each can be read at places of its own.

Slices, pieces put together, padding and repetition all read an axis at step * i + start: as coordinates of such views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from zkinfer.graph.operator import Shape
from zkinfer.network.lowering import Lowering, Operand, Sum, along
from zkinfer.network.view import View, natural_view
from zkinfer_verify.statement.relations import Access, Form, Index

MAX_COORDINATES = 2
Groups = tuple[tuple[int, ...], ...]
"""For each axis of a form, the tensor's axes that it merges, extents of 1 included."""


def groups_of(view: View) -> Groups | None:
    """Return the tensor's axes in each of the form's, or None where the view is no grid."""
    if any(len(atoms) > 1 for atoms in view.logical) or any(len(axis) > MAX_COORDINATES for axis in view.axes):
        return None
    axis_of = {atoms[0]: axis for axis, atoms in enumerate(view.logical) if atoms}
    return tuple(tuple(axis_of[atom] for atom in axis) for axis in view.axes if axis)


def common_groups(views: Sequence[View], shape: Shape) -> Groups:
    """Return the groups of the first view that is a grid of all axes that matter, or those of a natural one."""
    for view in views:
        groups = groups_of(view)
        wanted = {axis for axis, extent in enumerate(shape) if extent > 1}
        if groups is not None and wanted <= {axis for group in groups for axis in group}:
            return _with_all(groups, len(shape))
    return _with_all(groups_of(natural_view(shape)) or (), len(shape))


def _with_all(groups: Groups, rank: int) -> Groups:
    """Return groups of all axes: those of extent 1 that none has are alone."""
    held = {axis for group in groups for axis in group}
    return (*groups, *((axis,) for axis in range(rank) if axis not in held))


def in_groups(lowering: Lowering, x: Operand | Sum, groups: Groups, name: str) -> Operand:
    """Return a tensor in the view with these groups."""
    operand = lowering.committed(x)
    return lowering.laid(operand, View.of(operand.view.shape, groups), name)


@dataclass(frozen=True)
class Steps:
    """How an axis is read: sum of step * iteration axis, less an offset."""

    terms: tuple[tuple[int, int], ...]
    offset: int = 0


def whole(form: Form, view: View, groups: Groups, steps: Mapping[int, Steps]) -> tuple[Form, Access]:
    """Return a grid's form with an axis for each group, also for those of extent 1, and how it is read.

    So places before and after an axis of extent 1 are told from the one inside.
    """
    axis_of = {atoms[0]: axis for axis, atoms in enumerate(view.logical) if atoms}
    shape, present = view.shape, list[tuple[int, ...]]()
    for axis in view.axes:
        members = {axis_of[atom] for atom in axis}
        # A form of one entry lies along any group.
        present.append(next(group for group in groups if members <= set(group)))
    order = (*present, *(group for group in groups if group not in present))
    dims = tuple(prod(shape[axis] for axis in group) for group in order)
    coordinates = tuple(
        tuple(Index(shape[axis], steps[axis].terms, steps[axis].offset) for axis in group) for group in order
    )
    return along(form, [k < len(present) for k in range(len(order))], dims), coordinates


def access(view: View, steps: Mapping[int, Steps]) -> Access:
    """Return how a grid is read; steps: for each of the tensor's axes. A form of no axis reads the first of them."""
    axis_of = {atoms[0]: axis for axis, atoms in enumerate(view.logical) if atoms}
    shape = view.shape
    found = []
    for group in view.axes:
        axes = [axis_of[atom] for atom in group] or [min(steps)]
        found.append(tuple(Index(shape[axis], steps[axis].terms, steps[axis].offset) for axis in axes))
    return tuple(found)
