"""Univariate polynomials given by their values at 0, 1, .., degree: one, and those of a run of sumcheck."""

from collections.abc import Sequence
from functools import cache
from math import prod
from operator import mul

from zkinfer_verify.field.extension import ONE, Ext, inverses, powers
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
    """Return w[1], .., w[degree] with f(r) = sum_j w[j] f(j) for f of at most this degree >= 1; all add up to one."""
    if degree == 2:
        # Nearly every round's: r (2 - r) at 1, r (r - 1) / 2 at 2.
        (a, b), (c, d), half = r, r * r, (P + 1) // 2
        return [Ext(2 * a - c, 2 * b - d), Ext((c - a) * half, (d - b) * half)]
    first, second = zip(ONE, *powers(r, degree), strict=True)
    return [Ext(sum(map(mul, row, first)), sum(map(mul, row, second))) for row in _basis(degree)[1:]]


def round_weights(point: Sequence[Ext], degree: int, eq_point: Sequence[Ext] | None = None) -> list[Ext]:
    """Return what a run of sumcheck makes of its claim and of what was sent: the last claim is their combination.

    point: the rounds' challenges. First the claim's weight, then each round's values' at 0, 2, .., degree. A round's
    next claim is s(r) = w0 s(0) + w1 s(1) + .., where s(1) = claim - s(0); under an equality factor with element e of
    eq_point s(1) = (claim - s(0)) / e + s(0). Errors: ValueError when an element of eq_point is zero.
    """
    factors = [ONE] * len(point) if eq_point is None else inverses(eq_point)
    weights: list[list[Ext]] = []
    after = ONE
    for r, factor in zip(reversed(point), reversed(factors), strict=True):
        at_one, *rest = lagrange_weights(degree, r)
        from_claim = at_one * factor
        # w0 + w1 + .. = 1, so what s(0) weighs is 1 less the others, and less what it takes from the claim.
        from_zero = 1 - sum(rest, from_claim + at_one if eq_point is None else from_claim)
        weights.append([after * weight for weight in (from_zero, *rest)])
        after = after * from_claim
    return [after, *(weight for of_round in reversed(weights) for weight in of_round)]
