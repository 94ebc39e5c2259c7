"""Sumcheck rounds over tables that each meet an equality polynomial of its own: the polynomials are never laid out.

With x = (x_k, rest) and a line t_c(X) in the round's variable, a round's polynomial is

    s(X) = sum_c f_c eq(p_ck, X) t_c(X),    t_c(X) = sum over rest of eq(p_c rest, rest) T_c(X, rest)

where f_c is eq of the variables that are fixed. Source: [Gru24], with one point for each table.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.prove.forms import ext_add
from zkinfer_verify.field.extension import Ext

LOW_VARS = 7  # the last variables, whose eq table is short enough for the first-level cache


class EqFactors:
    """eq(point_c, .) for each of several tables, variable after variable. Points of equal length, at least one."""

    def __init__(self, kernels: Kernels, points: Sequence[Sequence[Ext]]) -> None:
        self._kernels, self._num_vars, self._round = kernels, len(points[0]), 0
        self._last: Ext | None = None
        cut = max(self._num_vars - LOW_VARS, 1)
        self._high, self._low = (
            np.stack([kernels.eq_table(point[part]) for point in points]) for part in (slice(1, cut), slice(cut, None))
        )
        self._coordinates = np.array(points, dtype=np.uint64).transpose(1, 0, 2)
        self._fixed = np.tile(np.array([1, 0], dtype=np.uint64), (len(points), 1))
        self._lifted = self._lift()

    def message(self, tables: NDArray[np.uint64]) -> tuple[Ext, Ext]:
        """Return s(0) and s(2) of the next round over tables (c, 2^n, 2); they fold in place as variables are fixed."""
        if self._last is None:
            sums = self._kernels.eq_sums(tables, self._high, self._low)
        else:
            left = 1 << (self._num_vars - self._round)
            sums = self._kernels.eq_sums_next_into(tables, self._last, left, self._high, self._low)
        zero, one = (
            [Ext(*self._kernels.dot(factor, half)) for factor in (self._fixed, self._lifted)]
            for half in np.ascontiguousarray(sums.transpose(1, 0, 2))
        )
        # eq(p, 0) = 1 - p and eq(p, 2) = 3 p - 1; t(2) = 2 t(1) - t(0).
        at_two = [2 * t_one - t_zero for t_zero, t_one in zip(zero, one, strict=True)]
        return zero[0] - zero[1], 3 * at_two[1] - at_two[0]

    def fix(self, r: Ext) -> None:
        """Fix the round's variable."""
        # eq(p, r) = (1 - r) + (2 r - 1) p.
        scaled = (self._kernels.ext_scale(*part) for part in ((self._fixed, 1 - r), (self._lifted, 2 * r - 1)))
        self._fixed = ext_add(self._kernels, *scaled)
        self._round, self._last = self._round + 1, r
        if self._round < self._num_vars:
            self._lifted = self._lift()
        if self._high.shape[1] > 1:
            self._high = self._without_first(self._high)
        elif self._low.shape[1] > 1:
            self._low = self._without_first(self._low)

    def _lift(self) -> NDArray[np.uint64]:
        """Return f_c p_ck in the round's variable k."""
        return self._kernels.ext_mul(self._fixed, np.ascontiguousarray(self._coordinates[self._round]))

    def _without_first(self, eq: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Sum the first variable out of eq tables (c, 2h, 2)."""
        half = eq.shape[1] // 2
        return ext_add(self._kernels, *map(np.ascontiguousarray, (eq[:, :half], eq[:, half:])))
