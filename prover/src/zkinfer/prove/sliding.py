"""A sliding axis of a contraction's operand, read for all shared axes at once: a window's reads are one correlation.

The weights of the output's positions are laid on a grid of the window's places once; shared axes move the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, prod

import numpy as np
from numpy.typing import NDArray

from zkinfer_verify.statement.relations import Index

SPARSE = 2  # Places on the grid for each that has a weight, from which on gathering is quicker.


@dataclass(frozen=True)
class Direction:
    """One coordinate of a sliding axis: v = stride * place + dilation * tap - padding, below `extent`."""

    extent: int
    places: int
    stride: int
    taps: int
    dilation: int
    padding: int
    tap_axis: int | None
    own: tuple[tuple[int, int], ...]
    """Each axis of the places, with its step in places."""


def direction(index: Index, extents: Sequence[int], shared: Sequence[int]) -> Direction | None:
    """Read a coordinate so, or return None where it is not of this kind or two positions share a place."""
    own = [(axis, step) for axis, step in index.terms if axis not in shared]
    moved = [(axis, step) for axis, step in index.terms if axis in shared]
    if len(moved) > 1 or index.offset < 0:
        return None
    reach = 0
    for axis, step in sorted(own, key=lambda term: term[1]):
        if step <= reach:
            return None
        reach += step * (extents[axis] - 1)
    stride = gcd(*(step for _, step in own)) or 1
    tap_axis, dilation = moved[0] if moved else (None, 1)
    return Direction(
        index.extent,
        reach // stride + 1,
        stride,
        1 if tap_axis is None else extents[tap_axis],
        dilation,
        index.offset,
        tap_axis,
        tuple((axis, step // stride) for axis, step in own),
    )


def directions(
    coordinates: Sequence[Index], extents: Sequence[int], shared: Sequence[int]
) -> tuple[Direction, Direction] | None:
    """Return an axis's rows and columns, or None where the axis does not slide so, or its places are sparse."""
    *upper, last = coordinates
    if len(upper) > 1:
        return None
    rows = direction(upper[0] if upper else Index(1, (), 0), extents, shared)
    columns = direction(last, extents, shared)
    if rows is None or columns is None:
        return None
    weighted = prod(extents[axis] for each in (rows, columns) for axis, _ in each.own)
    return None if rows.places * columns.places > SPARSE * weighted else (rows, columns)


def lay_out(
    sides: tuple[Direction, Direction], extents: Sequence[int], own: Sequence[int], weights: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Lay weights, (product of the own axes' extents, 2), on the grid of places: (rows, columns, 2)."""
    rows, columns = sides
    steps = {axis: step * columns.places for axis, step in rows.own} | dict(columns.own)
    at = np.zeros((), dtype=np.intp)
    for axis in own:
        at = at[..., np.newaxis] + steps[axis] * np.arange(extents[axis])
    grid = np.zeros((rows.places * columns.places, 2), dtype=np.uint64)
    grid[at.reshape(-1)] = weights
    return grid.reshape(rows.places, columns.places, 2)
