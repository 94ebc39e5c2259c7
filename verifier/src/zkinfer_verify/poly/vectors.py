"""The verifier's loops over data.

Everything else in this package handles single elements. zkinfer hands in faster versions of these functions, with
identical results; a vector is made and read by the same object, and nobody else looks inside one.
"""

from collections.abc import Iterable, Sequence
from operator import mul
from typing import Any

from zkinfer_verify.field.extension import DEGREE, EXT_BYTES, ONE, ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import decode_base, decode_ext
from zkinfer_verify.hashing.merkle import leaf_digest, root_of
from zkinfer_verify.poly import eq
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.poly.univariate import round_weights

WORD_BYTES = 8
LANE_BYTES = 18
LANE_BITS = 8 * LANE_BYTES
"""A vector as one integer: an element of F in each lane, with room for its product with another."""

Vector = Any
"""A vector, or a grid in row-major order, of elements of E."""


class Vectors:
    """The definition, in plain Python: a vector is a list of elements of E. A provider overrides every method."""

    def eq_table(self, point: Sequence[Ext]) -> Vector:
        """Return eq(point, i) for every index i: 2^n elements."""
        return eq.eq_table(point)

    def round_weights(self, point: Sequence[Ext], degree: int, eq_point: Sequence[Ext] | None) -> list[Ext]:
        """Return the weights of a run of sumcheck, as `univariate.round_weights` defines them."""
        return round_weights(point, degree, eq_point)

    def elements(self, vector: Vector) -> list[Ext]:
        """Return a vector's elements as a list."""
        return list(vector)

    def from_elements(self, elements: Sequence[Ext]) -> Vector:
        """Return the vector of these elements."""
        return list(elements)

    def from_bytes(self, encoded: bytes) -> Vector:
        """Return the vector of these encoded elements, which are canonical."""
        return decode_ext(encoded)

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
        """Evaluate a polynomial with coefficients in E (encoded, lowest first) at points of F."""
        size = 1 << num_bits(len(coefficients) // EXT_BYTES)
        lanes = bytearray(DEGREE * size * LANE_BYTES)
        for k in range(WORD_BYTES):
            lanes[k : len(coefficients) // EXT_BYTES * DEGREE * LANE_BYTES : LANE_BYTES] = coefficients[k::WORD_BYTES]
        words = (b"\xff" * WORD_BYTES).ljust(LANE_BYTES, b"\0") * (DEGREE * size)
        values = _values(int.from_bytes(lanes, "little"), size, int.from_bytes(words, "little"), points)
        return [values[x] for x in points]

    def columns_combine(self, columns: bytes, width: int, coefficients: Sequence[Ext]) -> list[Ext]:
        """Return sum_i coefficients[i] * column[i] for each column of `width` encoded elements of F."""
        flat = decode_base(columns)
        first, second = [c[0] for c in coefficients], [c[1] for c in coefficients]
        return [
            Ext(sum(map(mul, first, flat[i : i + width])), sum(map(mul, second, flat[i : i + width])))
            for i in range(0, len(flat), width)
        ]

    def leaves(self, leaf_tag: bytes, positions: Sequence[int], salts: bytes, columns: bytes) -> Any:
        """Return the digests of opened columns of equal length, for `root_of`; salts may be empty."""
        salt, width = len(salts) // len(positions), len(columns) // len(positions)
        return [
            leaf_digest(leaf_tag, position, salts[salt * k : salt * (k + 1)], columns[width * k : width * (k + 1)])
            for k, position in enumerate(positions)
        ]

    def root_of(self, depth: int, positions: Sequence[int], leaves: Any, siblings: bytes) -> bytes:
        """Return the root of a tree of 2^depth leaves from opened ones and as many siblings as they need."""
        return root_of(depth, positions, leaves, siblings)


def _values(packed: int, size: int, words: int, points: Iterable[int]) -> dict[int, Ext]:
    """Evaluate a polynomial of `size` coefficients, packed in lanes, at points; words: the lower word of each lane.

        f = low + X^h high,     f(x) = (low + c high)(x) wherever x^h = c

    A code's points share few powers: f is halved once for each, all its lanes in one product of integers.
    """
    if size == 1:
        return dict.fromkeys(points, Ext(packed & ((1 << LANE_BITS) - 1), packed >> LANE_BITS))
    half = size >> 1
    bits = DEGREE * half * LANE_BITS
    high = packed >> bits
    low, words = packed ^ high << bits, words >> bits
    groups: dict[int, list[int]] = {}
    for x in points:
        groups.setdefault(pow(x, half, P), []).append(x)
    out: dict[int, Ext] = {}
    for c, group in groups.items():
        folded = low + c * high
        for _ in range(2):
            # 2^64 counts for what it is modulo p: a lane once below k 2^64 ends below (k + 1) 2^64, far from the next.
            word = folded & words
            folded = word + ((folded ^ word) >> 8 * WORD_BYTES) * (2**64 % P)
        out |= _values(folded, half, words, group)
    return out


def _add_scaled(out: list[Ext], start: int, line: Sequence[Ext], weight: Ext) -> None:
    if weight == ONE:
        for k, value in enumerate(line, start):
            out[k] = out[k] + value
    elif weight != ZERO:
        for k, value in enumerate(line, start):
            out[k] = out[k] + value * weight
