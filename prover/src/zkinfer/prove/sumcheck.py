"""The prover's rounds of sumcheck, over tables of values; the mirror of zkinfer_verify.check.sumcheck."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.prove.eq_factors import EqFactors
from zkinfer.prove.sender import Sender
from zkinfer_verify.field.extension import Ext

Table = NDArray[np.uint64]


def prove_product(
    tx: Sender, kernels: Kernels, left: Table, right: Table, num_vars: int, label: str
) -> tuple[list[Ext], Table, Table]:
    """Send the rounds of sum over c and x of left[c, x] * right[c, x]: protocol.md, 6.5.

    Shapes: (c, m, 2) or (c, m) of F; missing entries are zero. Returns the point and the folded tables' values, (c,
    2) each.
    """
    point: list[Ext] = []
    for k in range(num_vars):
        half = 1 << (num_vars - 1 - k)
        tx.send(label, *kernels.product_round(left, right, half))
        r = tx.challenge(label)
        left, right = kernels.fold(left, r, half), kernels.fold(right, r, half)
        point.append(r)
    return point, _values(left), _values(right)


def _values(table: Table) -> Table:
    """Return the values (c, 2) of tables folded to one entry each."""
    if table.ndim == 2:
        return np.stack([table[:, 0], np.zeros_like(table[:, 0])], axis=-1)
    return table[:, 0]


def prove_eq_product(
    tx: Sender, kernels: Kernels, eq_point: list[Ext], factors: Table, label: str
) -> tuple[list[Ext], list[Ext]]:
    """Send the rounds of sum_x eq(z, x) prod_k factors[k, x]; without its equality factor: protocol.md, 6.6.

    Shapes: factors (f, m, 2) or (f, m) of F. Returns the point and the factors' values at it.
    """
    point: list[Ext] = []
    eq = kernels.eq_table(eq_point[1:])
    for k in range(len(eq_point)):
        half = 1 << (len(eq_point) - 1 - k)
        tx.send(label, *kernels.vanish_round(eq, factors, half))
        r = tx.challenge(label)
        factors = kernels.fold(factors, r, half)
        if half > 1:
            eq = kernels.halve_eq(eq)
        point.append(r)
    return point, [Ext(int(a), int(b)) for a, b in _values(factors)]


def prove_eq_sums(
    tx: Sender,
    kernels: Kernels,
    points: Sequence[Sequence[Ext]],
    tables: Table,
    left: Table,
    right: Table,
    label: str,
) -> list[Ext]:
    """Send the rounds of sum over x of sum_c eq(points_c, x) tables[c, x] + sum_d left[d, x] right[d, x]: 6.5 again.

    Shapes: tables (c, 2^n, 2), c >= 1, used up; left and right (d, 2^n, 2), d >= 0; points of n elements. Returns the
    point.
    """
    factors, point = EqFactors(kernels, points), list[Ext]()
    for k in range(len(points[0])):
        half = 1 << (len(points[0]) - 1 - k)
        products = kernels.product_round(left, right, half)
        tx.send(label, *(a + Ext(*b) for a, b in zip(factors.message(tables), products, strict=True)))
        r = tx.challenge(label)
        factors.fix(r)
        left, right = kernels.fold(left, r, half), kernels.fold(right, r, half)
        point.append(r)
    return point
