"""What a provider of kernels offers: loops over data, slices in, slices out; native (Rust) and plain (numpy) are two.

Base vectors are uint64, canonical; vectors over E have a last axis of two coefficients; an element of E crosses as a
pair. The first variable is the top bit of an index. The definition of each function stands in plain.py.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Element = tuple[int, int]
Vector = NDArray[np.uint64]


class Kernels(Protocol):
    """The kernels by name; a module can be one."""

    def eq_table(self, point: Sequence[Element]) -> Vector:
        """Return eq(point, i) for every index i, (2^n, 2)."""

    def eq_sums(self, tables: Vector, high: Vector, low: Vector) -> Vector:
        """Return the sum of each table's halves times an eq table of its own, which is high times low: (c, 2, 2)."""

    def eq_sums_next_into(self, tables: Vector, r: Element, half: int, high: Vector, low: Vector) -> Vector:
        """Fold tables by r in place, to their first `half` rows; return the `eq_sums` of what is left."""

    def halve_eq(self, eq: Vector) -> Vector:
        """Return an eq table without its first variable, (h, 2)."""

    def fold(self, table: Vector, r: Element, half: int) -> Vector:
        """Fix the first variable of tables to r; entries beyond the stored ones are zero."""

    def fold_nodes(self, nodes: Vector, r: Element, half: int, out: Vector | None = None) -> Vector:
        """Fix the first variable of rows of two fractions to r; missing ones are 0/1. In out, if given."""

    def product_round(self, a: Vector, b: Vector, half: int) -> tuple[Element, Element]:
        """Return s(0) and s(2) of a round of sum over c and i of a * b."""

    def round_weights(
        self, point: Sequence[Element], degree: int, eq_point: Sequence[Element] | None
    ) -> Sequence[Element]:
        """Return the weights of a run of sumcheck: the claim's, then those of each round's `degree` values."""

    def vanish_round(self, eq: Vector, factors: Vector, half: int) -> list[Element]:
        """Return t(0), t(2), .., t(f) of a round of sum over i of eq * prod of factors."""

    def logup_leaves_into(
        self, numerators: Vector, ids: Vector, columns: Vector, alpha: Element, coefs: Sequence[Element], out: Vector
    ) -> None:
        """Write the fractions numerator / (alpha - id - sum of coefs * columns) into out, (n, 2, 2)."""

    def logup_parents(self, nodes: Vector, out: Vector | None = None) -> Vector:
        """Return the sums of neighbouring fractions, (ceil(m / 2), 2, 2). In out, if given."""

    def logup_round(self, eq: Vector, pairs: Vector, half: int, lam: Element) -> tuple[Element, Element]:
        """Return t(0) and t(2) of a round between two layers of fractions."""

    def logup_next_round_into(
        self, eq: Vector, pairs: Vector, r: Element, half: int, lam: Element
    ) -> tuple[Element, Element]:
        """Fold pairs by r and halve eq, both in place; return t(0) and t(2) of the round after."""

    def combine_rows(self, rows: NDArray[Any], coefs: Vector) -> Vector:
        """Return sum over rows of coefs * rows, (K, 2); rows of integers or of elements of F."""

    def combine_rows_into(self, rows: Vector, coefs: Vector, out: Vector) -> None:
        """Write the sum over rows of elements of F of coefs * rows into out, (K, 2)."""

    def dot(self, a: Vector, b: Vector) -> Element:
        """Return the sum of a * b over E."""

    def encode_rows_into(self, rows: Vector, out: Vector, first: int) -> None:
        """Write the codewords of rows of coefficients into columns first, .. of out (n, M)."""

    def hash_leaves(
        self, tag: bytes, matrix: Vector, salts: NDArray[np.uint8], positions: Vector | None = None
    ) -> NDArray[np.uint8]:
        """Return SHA-256(tag, index, salt, row) of every row of a matrix, (n, 32); positions (n,) stand for indices."""

    def keystream(self, secret: bytes, draw: int, blocks: int) -> NDArray[np.uint8]:
        """Return a secret's stream of pseudorandom bytes, (blocks, 32)."""

    def merkle_levels(self, tag: bytes, leaves: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return all levels of the tree over the leaves, root last, (2 n - 1, 32)."""

    def multiproof_root(
        self,
        tag: bytes,
        depth: int,
        positions: Vector,
        leaves: NDArray[np.uint8],
        siblings: NDArray[np.uint8],
    ) -> NDArray[np.uint8]:
        """Return the root of a tree of 2^depth leaves from some leaves and the siblings that they need, (32,)."""

    def evaluate_many(self, coeffs: Vector, points: Vector) -> Vector:
        """Return the values of a polynomial over E at points of F, (t, 2)."""

    def columns_combine(self, columns: Vector, coefs: Vector) -> Vector:
        """Return sum of coefs * entries of each row of columns, (t, 2)."""

    def multiply_add_into(self, out: Vector, a: Vector, b: Vector) -> None:
        """Add the product of polynomials a over E and b over F to out."""

    def spread(self, table: Vector, axis: int, weights: Vector, step: int) -> Vector:
        """Add shifted copies of a grid: out[i + step v] += weights[v] * table[i] along an axis."""

    def matvec(self, weights: NDArray[Any], x: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return weights @ x over the integers, exact as long as it fits int64."""

    def convolve(
        self, x: NDArray[np.int32], kernel: NDArray[np.int32], stride: tuple[int, int], dilation: tuple[int, int]
    ) -> NDArray[np.int64]:
        """Return the convolution of integers, exact as long as its sums fit int32."""

    def count_into(self, values: NDArray[np.int64], scale: int, first: int, counts: NDArray[np.int64]) -> None:
        """Add one to the count of scale * value - first for each value."""

    def correlate(
        self,
        x: Vector,
        weights: Vector,
        taps: tuple[int, int],
        stride: tuple[int, int],
        dilation: tuple[int, int],
        padding: tuple[int, int],
    ) -> Vector:
        """Return what each entry of a sliding window meets in x, summed with the weights of its places."""

    def add(self, a: Vector, b: Vector) -> Vector:
        """Return a + b over F, entry by entry."""

    def ext_mul(self, a: Vector, b: Vector) -> Vector:
        """Return a * b over E, entry by entry."""

    def ext_scale(self, a: Vector, s: Element) -> Vector:
        """Return s * a over E."""

    def to_field(self, ints: NDArray[np.int64]) -> Vector:
        """Read signed integers as canonical elements of F."""
