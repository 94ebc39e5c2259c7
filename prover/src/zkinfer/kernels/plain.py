"""The kernels by their definitions, in numpy arrays of Python integers: slow, readable, the oracle of the native ones.

Elements of F are uint64, elements of E pairs (c0, c1) on the last axis; what is returned is canonical (< p), what is
given may be any uint64 and is read modulo p. The first variable of a table is the top bit of its index. A table of 2^v
rows may be stored by its first m rows only: half is 2^(v-1), and a missing row is zero where nothing else is said.
Functions named `*_into` write into their argument; every other returns a new array.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Element, Vector
from zkinfer.kernels.plain_hash import hash_leaves as hash_leaves
from zkinfer.kernels.plain_hash import keystream as keystream
from zkinfer.kernels.plain_hash import merkle_levels as merkle_levels
from zkinfer.kernels.plain_hash import multiproof_root as multiproof_root
from zkinfer.kernels.plain_integers import convolve as convolve
from zkinfer.kernels.plain_integers import count_into as count_into
from zkinfer.kernels.plain_integers import matvec as matvec
from zkinfer.kernels.plain_integers import number_lists as number_lists
from zkinfer_verify.field.extension import NON_RESIDUE, Ext
from zkinfer_verify.field.prime import GENERATOR, P, root_of_unity
from zkinfer_verify.poly import univariate

Integers = NDArray[Any]
"""An array of Python integers: numpy's object type."""


def eq_table(point: Sequence[Element]) -> Vector:
    """Return eq(point, i) for every index i.

        eq[i] = prod_k (bit_k(i) ? r_k : 1 - r_k)

    Shapes: n elements of E to (2^n, 2); no variable gives [[1, 0]]. Bit 0 is the top bit.
    """
    table = np.array([[1, 0]], dtype=object)
    for c0, c1 in point:
        upper = _times(table, _scalar((c0, c1)))
        # The variable so far last becomes the lowest bit.
        table = np.stack([table - upper, upper], axis=1).reshape(-1, 2)
    return _store(table)


def halve_eq(eq: Vector) -> Vector:
    """Sum the first variable out: out[i] = eq[i] + eq[h + i].

    Shapes: (2h, 2) to (h, 2). An eq table becomes that of its point without the first variable.
    """
    h = len(eq) // 2
    return _store(_integers(eq[:h]) + _integers(eq[h:]))


def eq_sums(tables: Vector, high: Vector, low: Vector) -> Vector:
    """Return the sums of both halves of tables, each times an eq table of its own.

        out[c] = sum_i eq_c[i] (T_c[i], T_c[h m + i]),  eq_c[i] = high[c, i // m] low[c, i % m]

    Shapes: tables (c, 2 h m, 2), high (c, h, 2), low (c, m, 2), to (c, 2, 2).
    """
    count, entries = len(tables), tables.shape[1] // 2
    eq = _times(_integers(high)[:, :, None], _integers(low)[:, None]).reshape(count, 1, entries, 2)
    return _store(_times(eq, _integers(tables).reshape(count, 2, entries, 2)).sum(axis=2))


def eq_sums_next_into(tables: Vector, r: Element, half: int, high: Vector, low: Vector) -> Vector:
    """Fold tables by r in place, to their first `half` rows; return the `eq_sums` of what is left.

    Shapes: tables (c, n, 2), n >= 2 half, high (c, h, 2), low (c, m, 2), half = 2 h m, to (c, 2, 2).
    """
    tables[:, :half] = fold(np.ascontiguousarray(tables[:, : 2 * half]), r, half)
    return eq_sums(tables[:, :half], high, low)


def fold(table: Vector, r: Element, half: int) -> Vector:
    """Fix the first variable of tables to r.

        out[c, i] = T_c(i) + r * (T_c(half + i) - T_c(i))

    Shapes: (c, m, 2) over E or (c, m) over F, m <= 2 * half, to (c, min(m, half), 2).
    """
    low, high = _halves(_lift(table, 3), half, axis=1)
    return _store((low + _times(_scalar(r), high - low))[:, : min(table.shape[1], half)])


def fold_nodes(nodes: Vector, r: Element, half: int, out: Vector | None = None) -> Vector:
    """Fix the first variable of nodes (p0, q0, p1, q1) to r, in out if given; a missing node is (0, 1, 0, 1).

    Shapes: (m, 4, 2), m <= 2 * half, to (min(m, half), 4, 2).
    """
    low, high = _halves(_integers(nodes), half, axis=0, missing=_MISSING_NODE)
    return _store_in(out, (low + _times(_scalar(r), high - low))[: min(len(nodes), half)])


def product_round(a: Vector, b: Vector, half: int) -> tuple[Element, Element]:
    """Return s(0), s(2) of a sumcheck round over a sum of products.

        s(x) = sum_c sum_{i < half} A_c(i, x) B_c(i, x),  A(i, x) = (1 - x) a[i] + x a[half + i]

    Shapes: each of a, b (c, m, 2) over E or (c, m) over F, with the same c and m.
    """
    lines = [_halves(_lift(table, 3), half, axis=1) for table in (a, b)]
    (s0, s2) = (_total(_times(*(_on_line(line, x) for line in lines))) for x in (0, 2))
    return s0, s2


def round_weights(point: Sequence[Element], degree: int, eq_point: Sequence[Element] | None) -> list[Element]:
    """Return the weights of a run of sumcheck: the claim's, then those of each round's values at 0, 2, .., degree.

    The last claim is the combination with these weights; s(1) = claim - s(0), or under an equality factor with element
    e of eq_point (claim - s(0)) / e + s(0). Errors: ValueError when an element of eq_point is zero.
    """
    factors = None if eq_point is None else [Ext(*element) for element in eq_point]
    return [(a, b) for a, b in univariate.round_weights([Ext(*r) for r in point], degree, factors)]


def vanish_round(eq: Vector, factors: Vector, half: int) -> list[Element]:
    """Return t(0), t(2), .., t(f) of a zero-check round over f factors; one factor gives t(0) alone.

        t(x) = sum_{i < half} eq[i] prod_k ((1 - x) F_k[i] + x F_k[half + i])

    Shapes: eq at least (half, 2); factors (f, m, 2) over E or (f, m) over F.
    """
    low, high = _halves(_lift(factors, 3), half, axis=1)

    def value(x: int) -> Element:
        product = _integers(eq[:half])
        for line in zip(low, high, strict=True):
            product = _times(product, _on_line(line, x))
        return _total(product)

    return [value(x) for x in (0, *range(2, len(factors) + 1))]


def logup_leaves_into(
    numerators: Vector, ids: Vector, columns: Vector, alpha: Element, coefs: Sequence[Element], out: Vector
) -> None:
    """Write the leaves numerator / (alpha - id - sum_k coefs[k] * columns[k]).

    Shapes: numerators and ids (n,), columns (k, n), k elements coefs, out (n, 2, 2).
    """
    denominators = _scalar(alpha) - _lift(ids, 2)
    for coef, column in zip(coefs, columns, strict=True):
        denominators = denominators - _integers(column)[:, None] * _scalar(coef)
    out[...] = _store(np.stack([_lift(numerators, 2), denominators], axis=1))


def logup_parents(nodes: Vector, out: Vector | None = None) -> Vector:
    """Return the sums of neighbouring fractions, in out if given: (p0 q1 + p1 q0, q0 q1).

    The partner of an odd last one is 0/1.

    Shapes: (m, 2, 2) to (ceil(m / 2), 2, 2).
    """
    fractions = _padded(_integers(nodes), len(nodes) + len(nodes) % 2, missing=_MISSING_NODE[:2])
    (p0, q0), (p1, q1) = (np.moveaxis(fractions[k::2], 1, 0) for k in (0, 1))
    return _store_in(out, np.stack([_times(p0, q1) + _times(p1, q0), _times(q0, q1)], axis=1))


def logup_round(eq: Vector, pairs: Vector, half: int, lam: Element) -> tuple[Element, Element]:
    """Return t(0), t(2) of a round of a LogUp layer's sumcheck.

        t(x) = sum_{i < half} eq[i] g(row_i(x)),  row_i(x) = (1 - x) R(i) + x R(half + i),
        g(p0, q0, p1, q1) = p0 q1 + p1 q0 + lam q0 q1

    Shapes: eq at least (half, 2); pairs (m, 4, 2). A missing row is (0, 1, 0, 1): it still adds eq[i] * lam.
    """
    line = _halves(_integers(pairs), half, axis=0, missing=_MISSING_NODE)

    def value(x: int) -> Element:
        p0, q0, p1, q1 = np.moveaxis(_on_line(line, x), 1, 0)
        gate = _times(p0, q1) + _times(p1, q0) + _times(_scalar(lam), _times(q0, q1))
        return _total(_times(_integers(eq[:half]), gate))

    return value(0), value(2)


def logup_next_round_into(eq: Vector, pairs: Vector, r: Element, half: int, lam: Element) -> tuple[Element, Element]:
    """Fold pairs by r and halve eq, both in place; return t(0), t(2) of the round after.

    Shapes: eq at least (half, 2), half even; pairs (m, 4, 2). The first half / 2 rows of eq and min(m, half) of pairs
    are the new ones; what lies behind them is left in any state.
    """
    folded, halved = fold_nodes(pairs, r, half), halve_eq(eq[:half])
    pairs[: len(folded)], eq[: len(halved)] = folded, halved
    return logup_round(halved, folded, half // 2, lam)


def combine_rows(rows: NDArray[Any], coefs: Vector) -> Vector:
    """Return sum_m coefs[m] * rows[m].

    Shapes: rows (m, K) of int8, int16, int32, int64 (read modulo p) or uint64; coefs (m, 2); to (K, 2).
    """
    total = np.zeros((rows.shape[1], 2), dtype=object)
    for row, coef in zip(_integers(rows), _integers(coefs), strict=True):
        total = (total + row[:, None] * coef) % P
    return _store(total)


def combine_rows_into(rows: Vector, coefs: Vector, out: Vector) -> None:
    """Write sum_m coefs[m] * rows[m]; shapes (m, K) over F and (m, 2), to (K, 2)."""
    out[...] = combine_rows(rows, coefs)


def dot(a: Vector, b: Vector) -> Element:
    """Return sum_i a[i] * b[i]; shapes (n, 2) each."""
    return _total(_times(_integers(a), _integers(b)))


def dot_base(a: Vector, b: Vector) -> Element:
    """Return sum_i a[i] * b[i]; shapes (n,) over F and (n, 2) over E."""
    return _total(_integers(a)[:, None] * _integers(b))


def encode_rows_into(rows: Vector, out: Vector, first: int) -> None:
    """Write the codewords of polynomials into columns of a matrix.

        out[j, first + i] = f_i(7 w^j),  f_i(X) = sum_k rows[i, k] X^k,  w = 7^((p-1)/n)

    Shapes: rows (m, L), out (n, M), L <= n, n a power of two; other columns are left alone.
    """
    n, (count, length) = len(out), rows.shape
    shifts = np.array([pow(GENERATOR, k, P) for k in range(length)], dtype=object)
    coefficients = np.zeros((count, n), dtype=object)
    coefficients[:, :length] = _integers(rows) * shifts
    out[:, first : first + count] = _store(_values_on_subgroup(coefficients, root_of_unity(n))).T


def evaluate_many(coeffs: Vector, points: Vector) -> Vector:
    """Return a polynomial's values at points of F.

    Shapes: coeffs (d, 2), lowest first, points (t,), to (t, 2).
    """
    values, at = np.zeros((len(points), 2), dtype=object), _integers(points)[:, None]
    for coefficient in _integers(coeffs)[::-1]:
        values = (values * at + coefficient) % P
    return _store(values)


def columns_combine(columns: Vector, coefs: Vector) -> Vector:
    """Return sum_i coefs[i] * columns[., i]; shapes (t, m) and (m, 2) to (t, 2)."""
    return combine_rows(columns.T, coefs)


def multiply_add_into(out: Vector, a: Vector, b: Vector) -> None:
    """Add the product of two polynomials to a third: out += a * b.

    Shapes: a (d, 2) over E, b (e,) over F, out at least (d + e - 1, 2).
    """
    total = _integers(out)
    for k, coefficient in enumerate(_integers(b)):
        total[k : k + len(a)] = (total[k : k + len(a)] + _integers(a) * coefficient) % P
    out[:] = _store(total)


def spread(table: Vector, axis: int, weights: Vector, step: int) -> Vector:
    """Add weighted copies of a table, each `step` further along an axis.

        out[i + step * v, c] = sum_v weights[v] * table[i, c]   (axis 0; axis 1 alike)

    Shapes: table (R, C, 2), weights (n, 2); the axis grows by step * (n - 1).
    """
    along = np.moveaxis(_integers(table), axis, 0)
    size = len(along)
    out = np.zeros((size + step * max(len(weights) - 1, 0), *along.shape[1:]), dtype=object)
    for v, weight in enumerate(_integers(weights)):
        out[step * v : step * v + size] += _times(along, weight)
    return _store(np.moveaxis(out, 0, axis))


def correlate(
    x: Vector,
    weights: Vector,
    taps: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
    padding: tuple[int, int],
) -> Vector:
    """Return out[a, b, c] = sum_ij weights[i, j] x[stride i + dilation a - padding, j and b alike, c], x zero outside.

    Shapes: x (h, w, c) over F, weights (i, j, 2) over E, to (*taps, c, 2). Steps are positive.
    """
    grid, places = _integers(x), _integers(weights)
    out = np.zeros((*taps, x.shape[2], 2), dtype=object)
    for a, b, i, j in np.ndindex(*taps, *weights.shape[:2]):
        row = stride[0] * i + dilation[0] * a - padding[0]
        column = stride[1] * j + dilation[1] * b - padding[1]
        if 0 <= row < x.shape[0] and 0 <= column < x.shape[1]:
            out[a, b] += grid[row, column][:, None] * places[i, j]
    return _store(out)


def add(a: Vector, b: Vector) -> Vector:
    """Return a + b in F, entry by entry; shapes (n,)."""
    return _store(_integers(a) + _integers(b))


def ext_mul(a: Vector, b: Vector) -> Vector:
    """Return a * b in E, entry by entry; shapes (n, 2)."""
    return _store(_times(_integers(a), _integers(b)))


def ext_scale(a: Vector, s: Element) -> Vector:
    """Return s * a in E, entry by entry; shapes (n, 2)."""
    return _store(_times(_integers(a), _scalar(s)))


def to_field(ints: NDArray[np.int64]) -> Vector:
    """Return signed integers modulo p; shapes (n,)."""
    return _store(_integers(ints))


_MISSING_NODE = np.array([[0, 0], [1, 0], [0, 0], [1, 0]], dtype=object)


def _integers(array: NDArray[Any]) -> Integers:
    return np.asarray(array, dtype=object)


def _store(integers: Integers) -> Vector:
    """Return canonical words, in a C-contiguous array."""
    return np.ascontiguousarray((integers % P).astype(np.uint64))


def _store_in(out: Vector | None, integers: Integers) -> Vector:
    """Return canonical words, in an array if one is given."""
    if out is None:
        return _store(integers)
    out[...] = _store(integers)
    return out


def _scalar(element: Element) -> Integers:
    return np.array([int(element[0]), int(element[1])], dtype=object)


def _lift(table: Vector, ndim: int) -> Integers:
    """Return a table over E: one over F has an axis less, and gets the coefficient zero."""
    integers = _integers(table)
    return integers if table.ndim == ndim else np.stack([integers, np.zeros_like(integers)], axis=-1)


def _times(a: Integers, b: Integers) -> Integers:
    """Return products in E = F[X]/(X^2 - 7), entry by entry."""
    c0 = a[..., 0] * b[..., 0] + NON_RESIDUE * a[..., 1] * b[..., 1]
    c1 = a[..., 0] * b[..., 1] + a[..., 1] * b[..., 0]
    return np.stack([c0, c1], axis=-1) % P


def _total(table: Integers) -> Element:
    """Return the sum of a table's elements of E."""
    c0, c1 = table.reshape(-1, 2).sum(axis=0) % P
    return int(c0), int(c1)


def _padded(table: Integers, rows: int, missing: Integers) -> Integers:
    return np.concatenate([table, np.tile(missing, (rows - len(table), *[1] * missing.ndim))])


def _halves(table: Integers, half: int, axis: int, missing: Integers | None = None) -> tuple[Integers, Integers]:
    """Return the two halves of a table along an axis, missing rows filled in."""
    rows = np.moveaxis(table, axis, 0)
    filled = _padded(rows, 2 * half, np.zeros(rows.shape[1:], dtype=object) if missing is None else missing)
    return np.moveaxis(filled[:half], 0, axis), np.moveaxis(filled[half:], 0, axis)


def _on_line(line: tuple[Integers, Integers], x: int) -> Integers:
    """Return (1 - x) * low + x * high."""
    low, high = line
    value: Integers = ((1 - x) * low + x * high) % P
    return value


def _values_on_subgroup(coefficients: Integers, root: int) -> Integers:
    """Return f_i(root^j) for polynomials (m, n), n the order of the root: even and odd coefficients apart."""
    n = coefficients.shape[1]
    if n == 1:
        return coefficients
    even, odd = (_values_on_subgroup(coefficients[:, k::2], root * root % P) for k in (0, 1))
    twisted = odd * np.array([pow(root, j, P) for j in range(n // 2)], dtype=object)
    return np.concatenate([even + twisted, even - twisted], axis=1) % P
