"""The verifier's loops over data, on our kernels: faster, with identical results."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer_verify.field.extension import Ext, from_pairs
from zkinfer_verify.hashing.digest import DIGEST_BYTES, NODE, encode_ext
from zkinfer_verify.poly.vectors import Vectors

Grid = NDArray[np.uint64]
Digests = NDArray[np.uint8]


class KernelVectors(Vectors):
    """Every loop of `zkinfer_verify.poly.vectors.Vectors`; a vector is an array (n, 2)."""

    def __init__(self, kernels: Kernels) -> None:
        self.kernels = kernels

    def eq_table(self, point: Sequence[Ext]) -> Grid:
        """Return eq(point, i) for every index i."""
        return self.kernels.eq_table(point)

    def round_weights(self, point: Sequence[Ext], degree: int, eq_point: Sequence[Ext] | None) -> list[Ext]:
        """Return the weights of a run of sumcheck, as `univariate.round_weights` defines them."""
        return from_pairs(self.kernels.round_weights(point, degree, eq_point))

    def elements(self, vector: Grid) -> list[Ext]:
        """Return a vector's elements as a list."""
        return from_pairs(vector.tolist())

    def from_elements(self, elements: Sequence[Ext]) -> Grid:
        """Return the vector of these elements."""
        return self.from_bytes(encode_ext(elements))

    def from_bytes(self, encoded: bytes) -> Grid:
        """Return the vector of these encoded elements, which are canonical."""
        return _words(encoded).reshape(-1, 2)

    def dot(self, left: Grid, right: Grid) -> Ext:
        """Return sum of left[i] * right[i] over the shorter length."""
        size = min(len(left), len(right))
        return Ext(*self.kernels.dot(np.ascontiguousarray(left[:size]), np.ascontiguousarray(right[:size])))

    def place(self, weights: Grid, shape: tuple[int, int], steps: tuple[int, int]) -> tuple[Grid, int, int]:
        """Spread a grid of weights over a finer grid: entry (i, j) moves to (steps[0] i, steps[1] j)."""
        rows, cols = steps[0] * (shape[0] - 1) + 1, steps[1] * (shape[1] - 1) + 1
        out = np.zeros((rows, cols, 2), dtype=np.uint64)
        out[:: steps[0], :: steps[1]] = weights.reshape(*shape, 2)
        return out.reshape(-1, 2), rows, cols

    def spread(self, grid: Grid, shape: tuple[int, int], axis: int, weights: Grid, step: int) -> tuple[Grid, int, int]:
        """Add shifted copies: out[i + step v] += weights[v] * grid[i] along one axis."""
        out = self.kernels.spread(grid.reshape(*shape, 2), axis, np.ascontiguousarray(weights), step)
        return out.reshape(-1, 2), out.shape[0], out.shape[1]

    def crop(self, grid: Grid, shape: tuple[int, int], start: tuple[int, int], size: tuple[int, int]) -> Grid:
        """Cut out[i, j] = grid[start + (i, j)], zero outside the grid."""
        out = np.zeros((*size, 2), dtype=np.uint64)
        source, target = [], []
        for have, first, want in zip(shape, start, size, strict=True):
            low, high = max(first, 0), min(first + want, have)
            source.append(slice(low, max(low, high)))
            target.append(slice(low - first, max(low, high) - first))
        out[tuple(target)] = grid.reshape(*shape, 2)[tuple(source)]
        return out.reshape(-1, 2)

    def evaluate_many(self, coefficients: bytes, points: Sequence[int]) -> list[Ext]:
        """Evaluate a polynomial with coefficients in E (encoded, lowest first) at points of F."""
        values = self.kernels.evaluate_many(self.from_bytes(coefficients), np.array(points, dtype=np.uint64))
        return self.elements(values)

    def columns_combine(self, columns: bytes, width: int, coefficients: Sequence[Ext]) -> list[Ext]:
        """Return sum_i coefficients[i] * column[i] for each column of `width` encoded elements of F."""
        rows = _words(columns).reshape(-1, width)
        return self.elements(self.kernels.columns_combine(rows, self.from_elements(coefficients)))

    def leaves(self, leaf_tag: bytes, positions: Sequence[int], salts: bytes, columns: bytes) -> Digests:
        """Return the digests of opened columns, (t, 32)."""
        count = len(positions)
        own_salts = np.frombuffer(salts, dtype=np.uint8).reshape(count, -1 if salts else 0)
        at = np.array(positions, dtype=np.uint64)
        return self.kernels.hash_leaves(leaf_tag, _words(columns).reshape(count, -1), own_salts, at)

    def root_of(self, depth: int, positions: Sequence[int], leaves: Digests, siblings: bytes) -> bytes:
        """Return the root of a tree of 2^depth leaves from opened ones and as many siblings as they need."""
        missing = np.frombuffer(siblings, dtype=np.uint8).reshape(-1, DIGEST_BYTES)
        at = np.array(positions, dtype=np.uint64)
        return self.kernels.multiproof_root(NODE, depth, at, leaves, missing).tobytes()


def _words(encoded: bytes) -> NDArray[np.uint64]:
    return np.frombuffer(encoded, dtype="<u8").astype(np.uint64, copy=False)
