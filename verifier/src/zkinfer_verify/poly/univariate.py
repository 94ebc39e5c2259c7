"""Univariate polynomials given by their values at 0, 1, .., degree."""

from functools import cache
from itertools import accumulate
from math import prod
from operator import mul

from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import inverse


@cache
def _inverse_denominators(degree: int) -> tuple[int, ...]:
    return tuple(inverse(prod(j - m for m in range(degree + 1) if m != j)) for j in range(degree + 1))


def lagrange_weights(degree: int, r: Ext) -> list[Ext]:
    """Return w with f(r) = sum_j w[j] f(j) for every polynomial f of at most this degree >= 1, j = 0 .. degree."""
    factors = [r - j for j in range(degree + 1)]
    below = list(accumulate(factors[:-1], mul))
    above = list(accumulate(factors[:0:-1], mul))[::-1]
    products = [above[0], *(b * a for b, a in zip(below, above[1:], strict=False)), below[-1]]
    return [product * d for product, d in zip(products, _inverse_denominators(degree), strict=True)]
