"""Views: how the entries of a tensor of any shape lie along the axes of a committed form.

A tensor's axes and a form's axes are both row-major products of atoms, the same atoms in another order. So transposing
and most reshaping changes the view alone, and nothing is committed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from zkinfer.graph.operator import Array, Shape
from zkinfer_verify.poly.eq import num_bits

Axes = tuple[tuple[int, ...], ...]
"""For each axis its atoms, the most significant first."""
MERGED = 2
"""Axes along which windows slide, in one axis of a form: a statement merges no more."""


@dataclass(frozen=True)
class View:
    """atoms: their extents, all over 1; logical: the tensor's axes; axes: the form's. Each atom is in both once."""

    atoms: tuple[int, ...]
    logical: Axes
    axes: Axes

    @staticmethod
    def of(shape: Shape, groups: Sequence[Sequence[int]]) -> View:
        """Return the view with one atom for each axis of `shape`; groups: the tensor's axes in each of the form's.

        Axes of extent 1 have no atom. Forms that would have no axis have one of extent 1. The axis that padding would
        enlarge most stands first, where any extent is exact.
        """
        kept = [axis for axis, extent in enumerate(shape) if extent > 1]
        number = {axis: atom for atom, axis in enumerate(kept)}
        atoms = tuple(shape[axis] for axis in kept)
        logical = tuple((number[axis],) if axis in number else () for axis in range(len(shape)))
        axes = [tuple(number[axis] for axis in group if axis in number) for group in groups]
        return View(atoms, logical, ordered(atoms, axes))

    @property
    def shape(self) -> Shape:
        """The tensor's extents."""
        return tuple(prod(self.atoms[k] for k in axis) for axis in self.logical)

    @property
    def dims(self) -> Shape:
        """The form's extents."""
        return tuple(prod(self.atoms[k] for k in axis) for axis in self.axes)

    def transposed(self, order: Sequence[int]) -> View:
        """Return the view of the tensor with its axes in another order."""
        return _tidy(self.atoms, tuple(self.logical[axis] for axis in order), self.axes)

    def reshaped(self, shape: Shape) -> View | None:
        """Return the view of the tensor reshaped, or None where an extent would cut across atoms."""
        atoms = list(self.atoms)
        halves: dict[int, tuple[int, int]] = {}
        left = [atom for axis in self.logical for atom in axis][::-1]
        logical: list[tuple[int, ...]] = []
        for extent in shape:
            taken: list[int] = []
            while extent > 1:
                atom = left.pop()
                size = atoms[atom]
                if extent % size == 0:
                    taken.append(atom)
                    extent //= size
                elif size % extent == 0:
                    halves[atom] = len(atoms), len(atoms) + 1
                    atoms += [extent, size // extent]
                    taken.append(halves[atom][0])
                    left.append(halves[atom][1])
                    extent = 1
                else:
                    return None
            logical.append(tuple(taken))
        axes = tuple(tuple(_leaves(axis, halves)) for axis in self.axes)
        return _tidy(atoms, tuple(logical), axes)

    def arrange(self, values: Array) -> Array:
        """Lay a tensor's entries out along the form's axes."""
        order = [atom for axis in self.logical for atom in axis]
        split = values.reshape([self.atoms[atom] for atom in order])
        return split.transpose([order.index(atom) for axis in self.axes for atom in axis]).reshape(self.dims)


def ordered(atoms: Sequence[int], axes: Sequence[tuple[int, ...]]) -> Axes:
    """Drop empty axes, and put first the one that padding to a power of two would enlarge most; else keep the order."""
    kept = [axis for axis in axes if axis]
    if not kept:
        return ((),)
    sizes = [prod(atoms[k] for k in axis) for axis in kept]
    first = max(range(len(kept)), key=lambda k: ((1 << num_bits(sizes[k])) / sizes[k], -k))
    return (kept[first], *(axis for k, axis in enumerate(kept) if k != first))


def image_groups(rank: int) -> Axes:
    """Return which of the axes (batch, channels, spatial..) lie together: positions, of three axes the last two."""
    first = ((2,),) if rank > MERGED + 2 else ()
    return ((0,), *first, tuple(range(rank - min(rank - 2, MERGED), rank)), (1,))


def image_view(shape: Shape) -> View:
    """Return the view of (batch, channels, spatial..): images, positions and channels in axes of their own."""
    return View.of(shape, image_groups(len(shape)))


def separate_view(shape: Shape) -> View:
    """Return the view with an axis for each of the tensor's."""
    return View.of(shape, [(axis,) for axis in range(len(shape))])


def natural_view(shape: Shape) -> View:
    """Return the view of a tensor of which nothing else is known: four axes are an image."""
    return image_view(shape) if len(shape) == 4 else separate_view(shape)


def restricted(view: View, axes: Sequence[tuple[int, ...]], shape: Shape) -> View:
    """Return the view of a tensor that has only some of another one's axes."""
    used = sorted({atom for axis in axes for atom in axis})
    number = {atom: k for k, atom in enumerate(used)}
    logical = tuple(
        tuple(number[atom] for atom in atoms) if extent > 1 else ()
        for atoms, extent in zip(view.logical, shape, strict=True)
    )
    laid = tuple(tuple(number[atom] for atom in axis) for axis in axes)
    return View(tuple(view.atoms[atom] for atom in used), logical, laid or ((),))


def _leaves(axis: Sequence[int], halves: dict[int, tuple[int, int]]) -> list[int]:
    """Return an axis's atoms, those that were cut replaced by their parts."""
    out: list[int] = []
    for atom in axis:
        out += _leaves(halves[atom], halves) if atom in halves else [atom]
    return out


def _tidy(atoms: Sequence[int], logical: Axes, axes: Axes) -> View:
    """Number the atoms as the tensor has them, and join those that follow one another on both sides."""
    after = {pair for axis in logical for pair in pairwise(axis)}
    joined = {pair for axis in axes for pair in pairwise(axis)} & after
    second = {b: a for a, b in joined}

    def head(atom: int) -> int:
        while atom in second:
            atom = second[atom]
        return atom

    used = [atom for axis in logical for atom in axis]
    heads = [atom for atom in used if atom not in second]
    number = {atom: k for k, atom in enumerate(heads)}
    sizes = [prod(atoms[atom] for atom in used if head(atom) == first) for first in heads]

    def renumber(given: Axes) -> Axes:
        return tuple(tuple(number[atom] for atom in axis if atom in number) for axis in given)

    return View(tuple(sizes), renumber(logical), renumber(axes))


def split_evenly(first: Sequence[int], second: Sequence[int]) -> list[int] | None:
    """Return the factors of an axis that refine both row-major factorings, or None where they cut across each other."""
    left, right, out = list(first)[::-1], list(second)[::-1], list[int]()
    while left and right:
        a, b = left.pop(), right.pop()
        small = min(a, b)
        if a % small or b % small:
            return None
        # Row-major: what is left of the larger factor comes after, so the smaller one is its major part.
        out.append(small)
        if a > small:
            left.append(a // small)
        if b > small:
            right.append(b // small)
    return out if not left and not right else None
