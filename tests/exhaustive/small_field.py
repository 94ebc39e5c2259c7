"""Polynomials and matrices over small prime fields: lists of integers, lowest coefficient first."""

from collections.abc import Iterable, Sequence

Poly = list[int]


def mul(a: Sequence[int], b: Sequence[int], p: int) -> Poly:
    """Multiply polynomials."""
    out = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            out[i + j] = (out[i + j] + x * y) % p
    return out


def add(polys: Iterable[Sequence[int]], p: int) -> Poly:
    """Add polynomials of any lengths."""
    out: Poly = []
    for poly in polys:
        out += [0] * (len(poly) - len(out))
        for i, x in enumerate(poly):
            out[i] = (out[i] + x) % p
    return out


def at(poly: Sequence[int], x: int, p: int) -> int:
    """Evaluate a polynomial."""
    out = 0
    for coefficient in reversed(poly):
        out = (out * x + coefficient) % p
    return out


def coset(n: int, generator: int, p: int) -> list[int]:
    """The n points g w^j, w of order n."""
    w = pow(generator, (p - 1) // n, p)
    return [generator * pow(w, j, p) % p for j in range(n)]


def rank(rows: Sequence[Sequence[int]], p: int) -> int:
    """The rank of a matrix, by elimination."""
    left, done = [list(row) for row in rows], 0
    for column in range(len(left[0])):
        pivot = next((i for i in range(done, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[done], left[pivot] = left[pivot], left[done]
        scale = pow(left[done][column], -1, p)
        head = left[done] = [x * scale % p for x in left[done]]
        for i in range(done + 1, len(left)):
            if factor := left[i][column]:
                left[i] = [(x - factor * y) % p for x, y in zip(left[i], head, strict=True)]
        done += 1
    return done
