"""docs/protocol.md, 6.5 and 6.6: sumcheck, every round polynomial as the plain sum over the remaining hypercube."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spec.claims import Claim, Run, combine
from spec.field import ONE, Ext, P, eq_index, total

Values = list[Ext]
"""A table over a hypercube, by index."""


def fix(table: Values, x: Ext) -> Values:
    """Fix the first variable of a table's extension: (1 - x) table[0 b] + x table[1 b]."""
    half = len(table) // 2
    return [(1 - x) * table[b] + x * table[half + b] for b in range(half)]


def lagrange(degree: int, r: Ext) -> list[Ext]:
    """w with f(r) = sum_j w_j f(j), j = 0 .. degree."""
    out = []
    for j in range(degree + 1):
        weight = ONE
        for m in range(degree + 1):
            if m != j:
                weight = weight * (r - m) * pow(j - m, -1, P)
        out.append(weight)
    return out


def sumcheck(
    run: Run,
    claim: Claim,
    tables: Sequence[Values],
    g: Callable[..., Ext],
    degree: int,
    label: str,
    z: Sequence[Ext] | None = None,
) -> tuple[list[Ext], Claim, list[Ext]]:
    """Reduce sum_x g(tables(x)) = claim, with a point z sum_x eq(z, x) g(tables(x)) = claim, to g at a point.

    (6.5) without z: s(X) = sum_b g(X, b) is sent at 0, 2, .., degree; s(1) = claim - s(0).
    (6.6) with z: t(X) = sum_b eq(z_>k, b) g(X, b) is sent likewise; t(1) = (claim - (1 - z_k) t(0)) / z_k.
    Returns the point, the claim on g there, and the tables' values there.
    """
    point: list[Ext] = []
    current = [list(table) for table in tables]
    for k in range(len(current[0]).bit_length() - 1):
        half = len(current[0]) // 2
        weights = [ONE if z is None else eq_index(z[k + 1 :], b) for b in range(half)]
        values = []
        for x in (0, *range(2, degree + 1)):
            at = [fix(table, Ext(x)) for table in current]
            value = total(weight * g(*arguments) for weight, *arguments in zip(weights, *at, strict=True))
            values.append(run.send(label, value))
        r = run.transcript.challenge(label)
        if z is None:
            at_one = combine(0, (1, claim), (-1, values[0]))
        else:
            at_one = combine(0, (z[k].inverse(), claim), (z[k].inverse() * (z[k] - 1), values[0]))
        claim = combine(0, *zip(lagrange(degree, r), [values[0], at_one, *values[1:]], strict=True))
        current = [fix(table, r) for table in current]
        point.append(r)
    return point, claim, [table[0] for table in current]
