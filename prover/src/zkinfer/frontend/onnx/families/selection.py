"""Entries of an axis at constant places, and sums of them: what slices, gathers, padding and resizing are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.meaning import Fixed, Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.einsum import Einsum
from zkinfer.network.piece import Piece
from zkinfer.network.repeat import Repeat

LETTERS = "abcdefgh"
MAX_MATRIX = 1 << 26
"""Entries of the matrix that takes or mixes an axis's entries: 8192 of 8192."""


def piece(node: OnnxNode, t: Translator, x: Real, places: Mapping[int, tuple[int, int]], shape: Shape) -> Real:
    """Return a piece of x; places: (start, step) of the axes that are cut."""
    if shape == x.shape:
        return x
    if 0 in shape:
        raise Unsupported(node, "its result has no entries", "remove it, and what reads it")
    each = [places.get(axis, (0, 1)) for axis in range(len(shape))]
    return t.with_op(node, Piece(tuple(start for start, _ in each), tuple(step for _, step in each), shape), x)


def taken(node: OnnxNode, t: Translator, x: Real, axis: int, places: Array) -> Real:
    """Return the entries of an axis at constant places: a piece, each several times, or a product with a matrix."""
    extent, count = x.shape[axis], len(places)
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    steps = np.unique(np.diff(places))
    if count <= 1 or (len(steps) == 1 and steps[0] >= 1):
        return piece(node, t, x, {axis: (int(places[0]) if count else 0, int(steps[0]) if count > 1 else 1)}, shape)
    if count % extent == 0 and np.array_equal(places, np.repeat(np.arange(extent), count // extent)):
        return t.with_op(node, Repeat(tuple(count // extent if k == axis else 1 for k in range(len(shape)))), x)
    require_matrix(node, extent, count)
    matrix = np.zeros((extent, count))
    matrix[places, np.arange(count)] = 1.0
    moved = t.quantised(node, mixed(node, t, x, axis, matrix), x.scale, x.lo, x.hi)
    return replace(moved, zero_point=x.zero_point)


def mixed(node: OnnxNode, t: Translator, x: Real, axis: int, matrix: Array) -> Linear:
    """Return sums of an axis's entries with real weights, (entries, results)."""
    shape = (*x.shape[:axis], matrix.shape[1], *x.shape[axis + 1 :])
    real = matrix * x.scale
    return Linear(node.name, shape, (real,), lambda fixed: _mixing(x.shape, axis, fixed.integers(real)), (x.tensor,))


def mixed_exactly(node: OnnxNode, t: Translator, x: Real, axis: int, matrix: Array, bits: int) -> Real:
    """Return such sums, held as they are; real weights take as few binary places as they need, at most `bits`."""
    places = next((k for k in range(bits) if np.array_equal(matrix * 2.0**k, np.rint(matrix * 2.0**k))), bits)
    weights = Fixed(1.0, places).integers(matrix)
    return t.with_op(node, _mixing(x.shape, axis, weights), x, scale=x.scale / 2.0**places)


def _mixing(shape: Shape, axis: int, weights: Array) -> Einsum:
    labels = LETTERS[: len(shape)]
    return Einsum((labels, f"{labels[axis]}z"), labels.replace(labels[axis], "z"), weights)


def require_matrix(node: OnnxNode, extent: int, count: int) -> None:
    """Refuse a matrix that would be too large."""
    if extent * count > MAX_MATRIX:
        raise Unsupported(node, f"it takes {count} of {extent} entries in no regular order", "take fewer")
