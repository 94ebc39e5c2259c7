"""Univariate polynomials given by their values at 0, 1, .., degree."""

from functools import cache
from math import prod

from zkinfer_verify.field.extension import ONE, Ext
from zkinfer_verify.field.prime import inverse


@cache
def _inverse_denominators(degree: int) -> tuple[int, ...]:
    return tuple(inverse(prod(j - m for m in range(degree + 1) if m != j)) for j in range(degree + 1))


def lagrange_weights(degree: int, r: Ext) -> list[Ext]:
    """Return w with f(r) = sum_j w[j] f(j) for every polynomial f of at most this degree, j = 0 .. degree."""
    below = [ONE] * (degree + 1)
    above = [ONE] * (degree + 1)
    for j in range(degree):
        below[j + 1] = below[j] * (r - j)
        above[degree - 1 - j] = above[degree - j] * (r - (degree - j))
    return [b * a * d for b, a, d in zip(below, above, _inverse_denominators(degree), strict=True)]
