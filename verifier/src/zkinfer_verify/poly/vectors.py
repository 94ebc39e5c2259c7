"""The verifier's loops over data.

Everything else in this package handles single elements. zkinfer hands in faster versions of these functions, with
identical results; a vector is made and read by the same object, and nobody else looks inside one.
"""

from collections.abc import Sequence
from math import isqrt
from operator import mul
from typing import Any

from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import decode_base, decode_ext
from zkinfer_verify.poly import eq

PACKED_BITS = 192
PACKED_MASK = (1 << PACKED_BITS) - 1
"""A sum of fewer than 2^64 products of elements stays below 2^192."""

Vector = Any
"""A vector, or a grid in row-major order, of elements of E."""


class Vectors:
    """The definition, in plain Python: a vector is a list of elements of E. A provider overrides every method."""

    def eq_table(self, point: Sequence[Ext]) -> Vector:
        """Return eq(point, i) for every index i: 2^n elements."""
        return eq.eq_table(point)

    def elements(self, vector: Vector) -> list[Ext]:
        """Return a vector's elements as a list."""
        return list(vector)

    def from_elements(self, elements: Sequence[Ext]) -> Vector:
        """Return the vector of these elements."""
        return list(elements)

    def from_bytes(self, encoded: bytes) -> Vector:
        """Return the vector of these encoded elements, which are canonical."""
        return decode_ext(encoded)

    def prefix(self, vector: Vector, count: int) -> Vector:
        """Return the first `count` elements."""
        return vector[:count]

    def dot(self, left: Vector, right: Vector) -> Ext:
        """Return sum of left[i] * right[i] over the shorter length."""
        c00 = c11 = c01 = 0
        for (a, b), (c, d) in zip(left, right, strict=False):
            c00 += a * c
            c11 += b * d
            c01 += a * d + b * c
        return Ext(c00 + 7 * c11, c01)

    def place(self, weights: Vector, shape: tuple[int, int], steps: tuple[int, int]) -> tuple[Vector, int, int]:
        """Spread a grid over a finer one: entry (i, j) moves to (steps[0] i, steps[1] j); returns grid and shape."""
        rows, cols = steps[0] * (shape[0] - 1) + 1, steps[1] * (shape[1] - 1) + 1
        out = [ZERO] * (rows * cols)
        for i in range(shape[0]):
            start = steps[0] * i * cols
            out[start : start + cols : steps[1]] = weights[i * shape[1] : (i + 1) * shape[1]]
        return out, rows, cols

    def spread(
        self, grid: Vector, shape: tuple[int, int], axis: int, weights: Vector, step: int
    ) -> tuple[Vector, int, int]:
        """Add shifted copies: out[i + step v] += weights[v] * grid[i] along one axis; returns grid and shape."""
        rows, cols = shape
        # Along the columns each row is a line of its own; along the rows the whole grid is one, in steps of a row.
        lines, unit = (1, cols) if axis == 0 else (rows, 1)
        size = rows * cols // lines
        grown = size + step * (len(weights) - 1) * unit
        out = [ZERO] * (lines * grown)
        for i in range(lines):
            for v, weight in enumerate(weights):
                _add_scaled(out, i * grown + step * v * unit, grid[i * size : (i + 1) * size], weight)
        return (out, grown // cols, cols) if axis == 0 else (out, rows, grown)

    def crop(self, grid: Vector, shape: tuple[int, int], start: tuple[int, int], size: tuple[int, int]) -> Vector:
        """Cut out[i, j] = grid[start + (i, j)], zero outside the grid."""
        rows, cols = shape
        out = []
        for i in range(start[0], start[0] + size[0]):
            for j in range(start[1], start[1] + size[1]):
                out.append(grid[i * cols + j] if 0 <= i < rows and 0 <= j < cols else ZERO)
        return out

    def evaluate_many(self, coefficients: bytes, points: Sequence[int]) -> list[Ext]:
        """Evaluate a polynomial with coefficients in E (encoded, lowest first) at points of F.

        Blocks of coefficients meet one table of powers; sums are reduced once a block. A coefficient c0 + c1 X is one
        integer, c1 in its upper bits: one product is both, and their sums stay apart.
        """
        flat = decode_base(coefficients)
        packed = [c0 | c1 << PACKED_BITS for c0, c1 in zip(flat[0::2], flat[1::2], strict=True)]
        # As many powers in a block as there are blocks: the least work in all.
        size = isqrt(len(packed)) + 1
        blocks = [packed[i : i + size] for i in range(0, len(packed), size)][::-1]
        out = []
        for x in points:
            block_powers = [1]
            for _ in range(size - 1):
                block_powers.append(block_powers[-1] * x % P)
            step = block_powers[-1] * x % P
            first = second = 0
            for block in blocks:
                total = sum(map(mul, block, block_powers))
                first = (first * step + (total & PACKED_MASK)) % P
                second = (second * step + (total >> PACKED_BITS)) % P
            out.append(Ext(first, second))
        return out

    def columns_combine(self, columns: bytes, width: int, coefficients: Sequence[Ext]) -> list[Ext]:
        """Return sum_i coefficients[i] * column[i] for each column of `width` encoded elements of F."""
        flat = decode_base(columns)
        first, second = [c[0] for c in coefficients], [c[1] for c in coefficients]
        return [
            Ext(sum(map(mul, first, flat[i : i + width])), sum(map(mul, second, flat[i : i + width])))
            for i in range(0, len(flat), width)
        ]


def _add_scaled(out: list[Ext], start: int, line: Sequence[Ext], weight: Ext) -> None:
    if weight == ONE:
        for k, value in enumerate(line, start):
            out[k] = out[k] + value
    elif weight != ZERO:
        for k, value in enumerate(line, start):
            out[k] = out[k] + value * weight
