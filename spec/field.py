"""docs/protocol.md, 1: the fields F and E, the equality polynomial and multilinear extensions, as defined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

P = 2**64 - 2**32 + 1


class _Pair(NamedTuple):
    a: int
    b: int = 0


class Ext(_Pair):
    """a + b X in E = F[X] / (X^2 - 7)."""

    __slots__ = ()

    def __add__(self, other: object) -> Ext:
        c, d = ext(other)
        return Ext((self.a + c) % P, (self.b + d) % P)

    __radd__ = __add__

    def __neg__(self) -> Ext:
        return Ext(-self.a % P, -self.b % P)

    def __sub__(self, other: object) -> Ext:
        return self + (-ext(other))

    def __rsub__(self, other: object) -> Ext:
        return ext(other) - self

    def __mul__(self, other: object) -> Ext:
        c, d = ext(other)
        return Ext((self.a * c + 7 * self.b * d) % P, (self.a * d + self.b * c) % P)

    __rmul__ = __mul__

    def inverse(self) -> Ext:
        """1 / (a + b X) = (a - b X) / (a^2 - 7 b^2)."""
        norm = pow(self.a * self.a - 7 * self.b * self.b, -1, P)
        return Ext(self.a * norm % P, -self.b * norm % P)


ZERO, ONE = Ext(0), Ext(1)


def ext(value: object) -> Ext:
    """Read an integer (of either sign) as an element of E."""
    if isinstance(value, Ext):
        return value
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no element of E")
    return Ext(value % P)


def total(values: Iterable[Ext]) -> Ext:
    """Sum elements of E."""
    out = ZERO
    for value in values:
        out = out + value
    return out


def num_vars(count: int) -> int:
    """(1.3) The least n with 2^n >= count."""
    n = 0
    while 2**n < count:
        n += 1
    return n


def bits(index: int, n: int) -> list[int]:
    """(1.4) The bits of an index, top bit first."""
    return [index >> (n - 1 - k) & 1 for k in range(n)]


def eq(x: Sequence[Ext], y: Sequence[Ext]) -> Ext:
    """(1.5) eq(x, y) = prod_k (x_k y_k + (1 - x_k)(1 - y_k))."""
    if len(x) != len(y):
        raise ValueError("eq of points of different length")
    out = ONE
    for a, b in zip(x, y, strict=True):
        out = out * (a * b + (1 - a) * (1 - b))
    return out


def eq_index(x: Sequence[Ext], index: int) -> Ext:
    """eq of a point and the corner of the hypercube at an index."""
    return eq(x, [Ext(bit) for bit in bits(index, len(x))])


def eq_all(x: Sequence[Ext]) -> list[Ext]:
    """eq of a point and every corner, by index."""
    return [eq_index(x, index) for index in range(2 ** len(x))]


def extension(values: Sequence[Ext], point: Sequence[Ext]) -> Ext:
    """(1.6) The multilinear extension of a table of at most 2^n values at a point: sum_i values[i] eq(point, i)."""
    return total(value * eq_index(point, index) for index, value in enumerate(values))


def horner(coefficients: Sequence[int], x: int) -> int:
    """Evaluate a polynomial over F, lowest coefficient first."""
    out = 0
    for coefficient in reversed(coefficients):
        out = (out * x + coefficient) % P
    return out


def code_points(n: int) -> list[int]:
    """(1.7) The points of a code of length n: 7 w^j, w = 7^((p-1)/n)."""
    w = pow(7, (P - 1) // n, P)
    return [7 * pow(w, j, P) % P for j in range(n)]
