"""Sumcheck rounds over tables that each meet an equality polynomial of its own: the polynomials are never laid out.

With x = (x_k, rest) and a line t_c(X) in the round's variable, a round's polynomial is

    s(X) = sum_c f_c eq(p_ck, X) t_c(X),    t_c(X) = sum over rest of eq(p_c rest, rest) T_c(X, rest)

where f_c is eq of the variables that are fixed. Source: [Gru24], with one point for each table.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer_verify.field.extension import NON_RESIDUE, ONE, Ext
from zkinfer_verify.field.prime import P

LOW_VARS = 7  # the last variables, whose eq table is short enough for the first-level cache


class EqFactors:
    """eq(point_c, .) for each of several tables, variable after variable. Points of equal length, at least one."""

    def __init__(self, kernels: Kernels, points: Sequence[Sequence[Ext]]) -> None:
        self._kernels, self._points, self._round = kernels, points, 0
        self._fixed = [ONE] * len(points)
        self._last: Ext | None = None
        cut = max(len(points[0]) - LOW_VARS, 1)
        self._high, self._low = (
            np.stack([kernels.eq_table(point[part]) for point in points]) for part in (slice(1, cut), slice(cut, None))
        )

    def message(self, tables: NDArray[np.uint64]) -> tuple[Ext, Ext]:
        """Return s(0) and s(2) of the next round over tables (c, 2^n, 2); they fold in place as variables are fixed."""
        if self._last is None:
            sums = self._kernels.eq_sums(tables, self._high, self._low).tolist()
        else:
            left = 1 << (len(self._points[0]) - self._round)
            sums = self._kernels.eq_sums_next_into(tables, self._last, left, self._high, self._low).tolist()
        zero, two = [0, 0], [0, 0]
        for (a, b), point, (at_zero, at_one) in zip(self._fixed, self._points, sums, strict=True):
            (c, d), (e, f), (g, h) = point[self._round], at_zero, at_one
            u, v = a * c + NON_RESIDUE * b * d, a * d + b * c
            # eq(p, 0) = 1 - p and eq(p, 2) = 3 p - 1; t(2) = 2 t(1) - t(0).
            _add_product(zero, (a - u) % P, (b - v) % P, e, f)
            _add_product(two, (3 * u - a) % P, (3 * v - b) % P, 2 * g - e, 2 * h - f)
        return Ext(*zero), Ext(*two)

    def fix(self, r: Ext) -> None:
        """Fix the round's variable."""
        slope, rest = 2 * r - 1, 1 - r
        at_r = (point[self._round] * slope + rest for point in self._points)
        self._fixed = [fixed * factor for fixed, factor in zip(self._fixed, at_r, strict=True)]
        self._round, self._last = self._round + 1, r
        if self._high.shape[1] > 1:
            self._high = self._without_first(self._high)
        elif self._low.shape[1] > 1:
            self._low = self._without_first(self._low)

    def _without_first(self, eq: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Sum the first variable out of eq tables (c, 2h, 2)."""
        half = eq.shape[1] // 2
        zero, one = (np.ascontiguousarray(part).reshape(-1) for part in (eq[:, :half], eq[:, half:]))
        return self._kernels.add(zero, one).reshape(len(eq), half, 2)


def _add_product(total: list[int], a: int, b: int, c: int, d: int) -> None:
    """Add (a + b X)(c + d X) in integers, to be reduced once."""
    total[0] += a * c + NON_RESIDUE * b * d
    total[1] += a * d + b * c
