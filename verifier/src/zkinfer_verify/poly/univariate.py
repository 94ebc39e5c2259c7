"""Univariate polynomials given by their values at 0, 1, .., degree."""

from functools import cache
from math import prod
from operator import mul

from zkinfer_verify.field.extension import ONE, Ext, powers
from zkinfer_verify.field.prime import P, inverse


@cache
def _basis(degree: int) -> list[list[int]]:
    """Return the coefficients, lowest first, of each L_j = prod over m != j of (X - m) / (j - m)."""
    basis = []
    for j in range(degree + 1):
        others = [m for m in range(degree + 1) if m != j]
        row = [inverse(prod(j - m for m in others))]
        for m in others:
            row = [(low - m * high) % P for low, high in zip([0, *row], [*row, 0], strict=True)]
        basis.append(row)
    return basis


def lagrange_weights(degree: int, r: Ext) -> list[Ext]:
    """Return w with f(r) = sum_j w[j] f(j) for every polynomial f of at most this degree >= 1, j = 0 .. degree."""
    if degree == 2:
        # Nearly every round's: r (2 - r) at 1, r (r - 1) / 2 at 2, and all three add up to one.
        (a, b), (c, d), half = r, r * r, (P + 1) // 2
        one, two = Ext(2 * a - c, 2 * b - d), Ext((c - a) * half, (d - b) * half)
        return [Ext(1 - one[0] - two[0], -one[1] - two[1]), one, two]
    first, second = zip(ONE, *powers(r, degree), strict=True)
    return [Ext(sum(map(mul, row, first)), sum(map(mul, row, second))) for row in _basis(degree)]
