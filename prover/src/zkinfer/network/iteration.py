"""Iteration axes: the atoms that the tensors of one contraction have in common, and how each tensor reads them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from zkinfer.network.view import View, split_evenly
from zkinfer_verify.statement.relations import Access, Index

AxisAtoms = tuple[tuple[int, ...], ...]
"""For each axis of a form the iteration axes that it reads, the most significant first."""


@dataclass(frozen=True)
class Iteration:
    """extents: of the iteration axes; labels: which axis of the tensors each is a part of."""

    extents: tuple[int, ...]
    labels: tuple[Any, ...]

    def access(self, axes: AxisAtoms) -> Access:
        """Return how a tensor reads its axes: row-major, nothing slides."""
        return tuple((self.index(axis),) for axis in axes)

    def view(self, rank: int) -> View:
        """Return the view of the tensor whose axes are the labels 0 .. rank - 1, an axis for each iteration axis."""
        atoms = range(len(self.extents))
        logical = tuple(tuple(k for k in atoms if self.labels[k] == axis) for axis in range(rank))
        return View(self.extents, logical, tuple((k,) for k in atoms))

    def index(self, axis: Sequence[int], extent: int | None = None, offset: int = 0) -> Index:
        """Return the coordinate that iteration axes make, row-major; extent: of the tensor's axis, if it is longer."""
        terms, stride = [], 1
        for atom in reversed(axis):
            terms.append((atom, stride))
            stride *= self.extents[atom]
        return Index(stride if extent is None else extent, tuple(reversed(terms)), offset)


def refine(views: Sequence[View], labels: Sequence[Sequence[Hashable]]) -> tuple[Iteration, list[AxisAtoms]] | None:
    """Return the coarsest iteration axes that every view is made of, and each view's axes in them.

    labels: for each view the label of each of its tensor's axes; axes with equal labels are read together. None where
    two views cut an axis across each other.
    """
    factors: dict[Hashable, list[int]] = {}
    for view, names in zip(views, labels, strict=True):
        for axis, label in zip(view.logical, names, strict=True):
            own = [view.atoms[atom] for atom in axis]
            common = split_evenly(factors[label], own) if label in factors else own
            if common is None:
                return None
            factors[label] = common
    first: dict[Hashable, int] = {}
    extents: list[int] = []
    for label, sizes in factors.items():
        first[label] = len(extents)
        extents += sizes
    iteration = Iteration(tuple(extents), tuple(label for label, sizes in factors.items() for _ in sizes))
    axes = [
        _axes_in(view, [first[label] for label in names], extents) for view, names in zip(views, labels, strict=True)
    ]
    return iteration, axes


def _axes_in(view: View, firsts: Sequence[int], extents: Sequence[int]) -> AxisAtoms:
    """Return a view's axes as iteration axes; firsts: the first iteration axis of each of the tensor's axes."""
    parts: dict[int, tuple[int, ...]] = {}
    for axis, start in zip(view.logical, firsts, strict=True):
        for atom in axis:
            stop, size = start, view.atoms[atom]
            while size > 1:
                size //= extents[stop]
                stop += 1
            parts[atom], start = tuple(range(start, stop)), stop
    return tuple(tuple(k for atom in axis for k in parts[atom]) for axis in view.axes)


def join(
    iteration: Iteration, tensors: Sequence[AxisAtoms], *, labelled: bool = False
) -> tuple[Iteration, list[AxisAtoms]]:
    """Join iteration axes that follow one another in every tensor which reads either of them.

    A contraction of fewer, longer axes says the same, and more of its operands' axes are read as they are.
    labelled: only those of one label, so that each still is a part of one of the tensors' axes.
    """

    def followers(axes: AxisAtoms) -> dict[int, int | None]:
        return {a: b for axis in axes for a, b in zip(axis, (*axis[1:], None), strict=False)}

    tables = [followers(axes) for axes in tensors]
    heads = list(range(len(iteration.extents)))
    for atom in range(len(heads)):
        follows = {table[atom] for table in tables if atom in table}
        if len(follows) != 1:
            continue
        (second,) = follows
        if second is None or any((second in table) != (atom in table) for table in tables):
            continue
        if labelled and iteration.labels[second] != iteration.labels[atom]:
            continue
        heads[second] = atom

    def head(atom: int) -> int:
        while heads[atom] != atom:
            atom = heads[atom]
        return atom

    groups: dict[int, list[int]] = {}
    for atom in range(len(heads)):
        groups.setdefault(head(atom), []).append(atom)
    number = {first: k for k, first in enumerate(groups)}
    extents = tuple(prod(iteration.extents[atom] for atom in members) for members in groups.values())
    labels = tuple(iteration.labels[first] for first in groups)
    shorter = [tuple(tuple(number[a] for a in axis if a in number) for axis in axes) for axes in tensors]
    return Iteration(extents, labels), shorter


def of_views(first: View, second: View) -> tuple[Iteration, AxisAtoms, AxisAtoms] | None:
    """Return the iteration over all entries of a tensor that lies in two views, or None where they cut across."""
    axes = range(len(first.logical))
    found = refine((first, second), (axes, axes))
    if found is None:
        return None
    iteration, (old, new) = join(*found)
    return iteration, old, new


def apart(first: View, second: View) -> View | None:
    """Return the view with an axis for each part that a tensor's two views are made of, or None as `of_views`."""
    axes = range(len(first.logical))
    found = refine((first, second), (axes, axes))
    return None if found is None else join(*found, labelled=True)[0].view(len(axes))


def with_unit(iteration: Iteration) -> Iteration:
    """Return the iteration with one more axis, of extent 1: what a tensor of no axis reads."""
    return Iteration((*iteration.extents, 1), (*iteration.labels, None))
