"""The challenge field E = F[X]/(X^2 - 7): an element is the pair (c0, c1) of canonical coefficients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from operator import mul
from struct import Struct

from zkinfer_verify.field.prime import P

DEGREE = 2
NON_RESIDUE = 7
ORDER = P**DEGREE
EXT_BYTES = 8 * DEGREE


class Ext(tuple[int, int]):
    """An element c0 + c1 X of E.

    A pair of canonical integers (0 <= c < p), so kernels take it as it is; arithmetic accepts integers on either side.
    """

    __slots__ = ()

    def __new__(cls, c0: int = 0, c1: int = 0) -> Ext:
        return tuple.__new__(cls, (c0 % P, c1 % P))

    def __add__(self, other: Ext | int) -> Ext:  # type: ignore[override]
        if isinstance(other, Ext):
            return _make(Ext, ((self[0] + other[0]) % P, (self[1] + other[1]) % P))
        return _make(Ext, ((self[0] + other) % P, self[1]))

    __radd__ = __add__

    def __neg__(self) -> Ext:
        return _make(Ext, (-self[0] % P, -self[1] % P))

    def __sub__(self, other: Ext | int) -> Ext:
        if isinstance(other, Ext):
            return _make(Ext, ((self[0] - other[0]) % P, (self[1] - other[1]) % P))
        return _make(Ext, ((self[0] - other) % P, self[1]))

    def __rsub__(self, other: int) -> Ext:
        return _make(Ext, ((other - self[0]) % P, -self[1] % P))

    def __mul__(self, other: Ext | int) -> Ext:  # type: ignore[override]
        a, b = self
        if isinstance(other, Ext):
            c, d = other
            return _make(Ext, ((a * c + NON_RESIDUE * b * d) % P, (a * d + b * c) % P))
        return _make(Ext, (a * other % P, b * other % P))

    __rmul__ = __mul__  # type: ignore[assignment]

    def inverse(self) -> Ext:
        """Return the inverse (a - bX) / (a^2 - 7 b^2).

        Errors: ValueError when the element is zero.
        """
        a, b = self
        norm_inverse = pow(a * a - NON_RESIDUE * b * b, -1, P)
        return _make(Ext, (a * norm_inverse % P, -b * norm_inverse % P))

    def to_bytes(self) -> bytes:
        """Encode as c0 then c1, eight bytes little-endian each."""
        return _PAIR.pack(*self)

    def __repr__(self) -> str:
        return f"Ext({self[0]}, {self[1]})"


_make = tuple.__new__
_PAIR = Struct("<QQ")

ZERO = Ext(0)
ONE = Ext(1)
MINUS_ONE = -ONE
X = Ext(0, 1)


def from_pairs(pairs: Iterable[Iterable[int]]) -> list[Ext]:
    """Read pairs of canonical coefficients (c0, c1) as elements."""
    return [_make(Ext, pair) for pair in pairs]


def inverses(elements: Sequence[Ext]) -> list[Ext]:
    """Return the inverses of elements by one inversion in F: of the product of their norms a^2 - 7 b^2.

    Errors: ValueError when one is zero.
    """
    norms = [(a * a - NON_RESIDUE * b * b) % P for a, b in elements]
    products = list(accumulate(norms, lambda x, y: x * y % P, initial=1))
    rest = pow(products[-1], -1, P)
    out = []
    for (a, b), norm, before in zip(reversed(elements), reversed(norms), reversed(products[:-1]), strict=True):
        norm_inverse = rest * before
        out.append(_make(Ext, (a * norm_inverse % P, -b * norm_inverse % P)))
        rest = rest * norm % P
    return out[::-1]


def powers(a: Ext, count: int) -> list[Ext]:
    """Return a^1 .. a^count: never a^0, which belongs to the mask alone (protocol: coefficients)."""
    return list(accumulate(repeat(a, count), mul))
