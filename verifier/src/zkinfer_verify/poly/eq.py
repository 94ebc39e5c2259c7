"""The multilinear equality polynomial and sums of it over prefixes of the hypercube.

    eq(x, y) = prod_k (x_k y_k + (1 - x_k)(1 - y_k))

The first variable is the top bit of an index. Source: [Tha13].
"""

from collections.abc import Sequence

from zkinfer_verify.field.extension import NON_RESIDUE, ONE, ZERO, Ext, from_pairs
from zkinfer_verify.field.prime import P


def num_bits(count: int) -> int:
    """Return the number of variables that index `count` entries: the least n with 2^n >= count."""
    return (count - 1).bit_length() if count > 1 else 0


def index_point(index: int, num_vars: int) -> list[Ext]:
    """Return the corner of the hypercube at an index, top bit first."""
    return [Ext((index >> (num_vars - 1 - k)) & 1) for k in range(num_vars)]


def eq_table(point: Sequence[Ext]) -> list[Ext]:
    """Return eq(point, i) for every index i of the hypercube: 2^n elements."""
    table = [(1, 0)]
    for c, d in point:
        grown: list[tuple[int, int]] = []
        for a, b in table:
            high0, high1 = (a * c + NON_RESIDUE * b * d) % P, (a * d + b * c) % P
            grown += ((a - high0) % P, (b - high1) % P), (high0, high1)
        table = grown
    return from_pairs(table)


def eq_at(x: Sequence[Ext], y: Sequence[Ext]) -> Ext:
    """Return eq(x, y) for two points of equal length."""
    out0, out1 = 1, 0
    for (a, b), (c, d) in zip(x, y, strict=True):
        # The factor is 2 x_k y_k - x_k - y_k + 1.
        u = 2 * (a * c + NON_RESIDUE * b * d) - a - c + 1
        v = 2 * (a * d + b * c) - b - d
        out0, out1 = (out0 * u + NON_RESIDUE * out1 * v) % P, (out0 * v + out1 * u) % P
    return Ext(out0, out1)


def eq_index(point: Sequence[Ext], index: int) -> Ext:
    """Return eq(point, index)."""
    out = ONE
    last = len(point) - 1
    for k, r in enumerate(point):
        out = out * (r if (index >> (last - k)) & 1 else 1 - r)
    return out


def prefix_indicator(count: int, point: Sequence[Ext]) -> Ext:
    """Return the multilinear extension at `point` of the indicator of indices v < count."""
    if count == 1 << len(point):
        return ONE
    out, fixed = ZERO, ONE
    for k, r in enumerate(point):
        upper = fixed * r
        if (count >> (len(point) - 1 - k)) & 1:
            out, fixed = out + fixed - upper, upper
        else:
            fixed = fixed - upper
    return out


def prefix_pair(count: int, x: Sequence[Ext], y: Sequence[Ext]) -> Ext:
    """Return sum over v < count of eq(x, v) eq(y, v), in O(n) operations; 0 <= count <= 2^n."""
    # From the last variable on: the sum over all indices of those so far, and over the ones below count's low bits.
    all0, all1, out0, out1 = 1, 0, 0, 0
    for k, ((a, b), (c, d)) in enumerate(zip(reversed(x), reversed(y), strict=True)):
        one0, one1 = a * c + NON_RESIDUE * b * d, a * d + b * c
        zero0, zero1 = (one0 - a - c + 1) % P, (one1 - b - d) % P
        if (count >> k) & 1:
            low0, low1 = all0 * zero0 + NON_RESIDUE * all1 * zero1, all0 * zero1 + all1 * zero0
            out0, out1 = low0 + out0 * one0 + NON_RESIDUE * out1 * one1, low1 + out0 * one1 + out1 * one0
        else:
            out0, out1 = out0 * zero0 + NON_RESIDUE * out1 * zero1, out0 * zero1 + out1 * zero0
        both0, both1 = zero0 + one0, zero1 + one1
        all0, all1 = (all0 * both0 + NON_RESIDUE * all1 * both1) % P, (all0 * both1 + all1 * both0) % P
        out0, out1 = out0 % P, out1 % P
    return Ext(all0, all1) if count >> len(x) else Ext(out0, out1)


def prefix_identity(count: int, point: Sequence[Ext]) -> Ext:
    """Return sum over v < count of v * eq(point, v)."""
    num_vars = len(point)
    tail = [ZERO] * (num_vars + 1)
    for k in range(num_vars - 1, -1, -1):
        tail[k] = tail[k + 1] + point[k] * (1 << (num_vars - 1 - k))
    if count == 1 << num_vars:
        return tail[0]
    out, fixed, value = ZERO, ONE, 0
    for k, r in enumerate(point):
        if (count >> (num_vars - 1 - k)) & 1:
            out = out + fixed * (1 - r) * (tail[k + 1] + value)
            fixed, value = fixed * r, value + (1 << (num_vars - 1 - k))
        else:
            fixed = fixed * (1 - r)
    return out
