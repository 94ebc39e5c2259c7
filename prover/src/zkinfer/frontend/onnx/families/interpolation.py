"""How a resized axis mixes the entries of its input: matrices of (entries, results), as ONNX defines Resize.

Positions are computed in float32, as runtimes do: where a neighbour is chosen by rounding, that decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zkinfer.graph.operator import Array

Coordinates = Callable[[Array, np.float32, int, int], Array]


def _half_pixel(i: Array, scale: np.float32, extent: int, size: int) -> Array:
    return (i + np.float32(0.5)) / scale - np.float32(0.5)


def _pytorch_half_pixel(i: Array, scale: np.float32, extent: int, size: int) -> Array:
    return _half_pixel(i, scale, extent, size) if size > 1 else np.zeros_like(i)


def _half_pixel_symmetric(i: Array, scale: np.float32, extent: int, size: int) -> Array:
    adjustment = np.float32(size) / (scale * np.float32(extent))
    return np.float32(extent / 2) * (np.float32(1) - adjustment) + _half_pixel(i, scale, extent, size)


def _align_corners(i: Array, scale: np.float32, extent: int, size: int) -> Array:
    return i * np.float32(extent - 1) / np.float32(size - 1) if size > 1 else np.zeros_like(i)


def _asymmetric(i: Array, scale: np.float32, extent: int, size: int) -> Array:
    return i / scale


COORDINATES: Mapping[str, Coordinates] = {
    "half_pixel": _half_pixel,
    "pytorch_half_pixel": _pytorch_half_pixel,
    "half_pixel_symmetric": _half_pixel_symmetric,
    "align_corners": _align_corners,
    "asymmetric": _asymmetric,
}
ROUNDINGS: Mapping[str, Callable[[Array], Array]] = {
    "round_prefer_floor": lambda x: np.ceil(x - np.float32(0.5)),
    "round_prefer_ceil": lambda x: np.floor(x + np.float32(0.5)),
    "floor": np.floor,
    "ceil": np.ceil,
}


def nearest(rounding: str, positions: Array, extent: int) -> Array:
    """Return which entry each result is; rounding: a key of ROUNDINGS."""
    places: Array = np.clip(ROUNDINGS[rounding](positions), 0, extent - 1).astype(np.int64)
    return places


def linear(positions: Array, extent: int, attributes: Mapping[str, Any]) -> Array:
    """Return the matrix that mixes two neighbours; beyond the ends there is the last entry again."""
    first, ratio = _split(positions)
    return _spread(first, np.stack([1 - ratio, ratio]), extent)


def cubic(positions: Array, extent: int, attributes: Mapping[str, Any]) -> Array:
    """Return the matrix that mixes four neighbours by the cubic convolution kernel."""
    a = float(attributes.get("cubic_coeff_a", -0.75))
    first, ratio = _split(positions)

    def near(r: Array) -> Array:
        return ((a + 2) * r - (a + 3)) * r * r + 1

    def far(r: Array) -> Array:
        return ((a * r - 5 * a) * r + 8 * a) * r - 4 * a

    weights = np.stack([far(ratio + 1), near(ratio), near(1 - ratio), far(2 - ratio)])
    if attributes.get("exclude_outside", 0):
        places = first - 1 + np.arange(4)[:, np.newaxis]
        weights = np.where((places >= 0) & (places < extent), weights, 0.0)
        weights = weights / weights.sum(axis=0)
    return _spread(first - 1, weights, extent)


def _split(positions: Array) -> tuple[Array, Array]:
    """Return the entry before each position, and how far beyond it the position is."""
    first = np.floor(positions)
    return first.astype(np.int64), positions.astype(np.float64) - first


def _spread(first: Array, weights: Array, extent: int) -> Array:
    """Return the matrix with the weights (neighbours, results) from `first` on."""
    matrix = np.zeros((extent, len(first)))
    for k, row in enumerate(weights):
        np.add.at(matrix, (np.clip(first + k, 0, extent - 1), np.arange(len(first))), row)
    return matrix
