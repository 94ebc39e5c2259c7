"""The rounds of prover and verifier together over F_5 and its extension of 25 elements: every challenge is tried.

The prover's side is the plain kernels', the verifier's side `check/sumcheck.py`; between them stands a channel that is
told its challenges. The true values are sums over the hypercube.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.exhaustive.smaller_prime import elements, ext_product, ext_sum, smaller_prime
from zkinfer.kernels import plain
from zkinfer.kernels.kernels import Element
from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.check.sumcheck import check_eq_sumcheck, check_sumcheck
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly.eq import eq_at, eq_table
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.transcript.transcript import Transcript

Table = NDArray[np.uint64]
VARS = 2
P = 5


class Rounds(Channel):
    """A channel in clear: scalars are what a prover's round gives, after the challenges so far."""

    def __init__(self, challenges: Sequence[Ext], prover: Iterator[Sequence[Element]]) -> None:
        super().__init__(Transcript(), (), Vectors())
        self._challenges, self._prover = iter(challenges), prover

    def rounds(self, label: str, num_rounds: int, degree: int) -> tuple[list[Claim], list[Ext]]:
        """Read the values of each round in turn, before the next challenge of the script."""
        claims, point = [], []
        for _ in range(num_rounds):
            values = list(next(self._prover))
            assert len(values) == degree
            claims += [self.combine(Ext(*value)) for value in values]
            point.append(next(self._challenges))
        return claims, point


@pytest.fixture(autouse=True)
def five() -> Iterator[None]:
    """Compute over F_5."""
    with smaller_prime(P):
        yield


def table(*values: int) -> Table:
    """Return one column over E: entries a + b X from digits of base 5."""
    return np.array([[[value % P, value // P] for value in values]], dtype=np.uint64)


def entry(column: Table, index: int) -> Ext:
    """Return an entry of a single column."""
    c0, c1 = column.reshape(-1, 2)[index].tolist()
    return Ext(c0, c1)


def at(column: Table, point: Sequence[Ext]) -> Ext:
    """Evaluate a column's extension by its definition."""
    return ext_sum(weight * entry(column, i) for i, weight in enumerate(eq_table(point)))


LEFT, RIGHT = (7, 0, 24, 3), (11, 19, 1, 8)
NODES = ((3, 1, 0, 2), (5, 9, 20, 1), (0, 0, 4, 7), (13, 24, 6, 18))


def every_point(units: bool = False) -> Iterator[tuple[Ext, ...]]:
    """Yield all points of two variables over E, or those with nonzero coordinates, as challenges are."""
    yield from product(elements(P)[units:], repeat=VARS)


def product_prover(left: Table, right: Table, challenges: Sequence[Ext]) -> Iterator[Sequence[Element]]:
    """Yield the rounds of sum left * right."""
    for k, r in enumerate(challenges):
        half = 1 << (VARS - 1 - k)
        yield plain.product_round(left, right, half)
        left, right = plain.fold(left, r, half), plain.fold(right, r, half)


@pytest.mark.parametrize("error", [0, 1])
def test_a_sum_of_products_is_reduced_to_its_point(error: int) -> None:
    """A false claim under true rounds passes where the weight of s(1) is zero: at r = 2 in one of the rounds."""
    left, right = table(*LEFT), table(*RIGHT)
    total = ext_sum(entry(left, i) * entry(right, i) for i in range(4))
    passed = 0
    for challenges in every_point(units=True):
        ch = Rounds(challenges, product_prover(left, right, challenges))
        point, claim = check_sumcheck(ch, ch.combine(total + error), VARS, 2, "round")
        assert tuple(point) == challenges
        passed += claim.known == at(left, point) * at(right, point)
    size = P * P - 1
    assert passed == (size**VARS if error == 0 else size**VARS - (size - 1) ** VARS)


@pytest.mark.parametrize("factors", [1, 2, 3])
def test_a_zero_check_is_reduced_to_its_point(factors: int) -> None:
    columns = [table(*values) for values in (LEFT, RIGHT, (2, 21, 17, 0))][:factors]
    stacked = np.concatenate(columns)
    for z, challenges in _some_pairs():
        eq = np.array(eq_table(z), dtype=np.uint64)
        total = ext_sum(eq_table(z)[i] * ext_product(entry(column, i) for column in columns) for i in range(4))

        def prover(eq: Table = eq, challenges: Sequence[Ext] = challenges) -> Iterator[Sequence[Element]]:
            folded = stacked
            for k, r in enumerate(challenges):
                eq, half = plain.halve_eq(eq), 1 << (VARS - 1 - k)
                yield plain.vanish_round(eq, folded, half)
                folded = plain.fold(folded, r, half)

        ch = Rounds(challenges, prover())
        point, claim = check_eq_sumcheck(ch, ch.combine(total), z, factors, "round")
        assert claim.known == ext_product(at(column, point) for column in columns)


def test_a_layer_of_fractions_is_reduced_to_its_point() -> None:
    nodes = np.array([[[value % P, value // P] for value in node] for node in NODES], dtype=np.uint64)
    lam = Ext(3, 4)

    def gate(p0: Ext, q0: Ext, p1: Ext, q1: Ext) -> Ext:
        return p0 * q1 + p1 * q0 + lam * q0 * q1

    for z, challenges in _some_pairs():
        rows = [[Ext(*pair) for pair in node] for node in nodes.tolist()]
        total = ext_sum(weight * gate(*row) for weight, row in zip(eq_table(z), rows, strict=True))

        def prover(z: Sequence[Ext] = z, challenges: Sequence[Ext] = challenges) -> Iterator[Sequence[Element]]:
            eq, folded = np.array(eq_table(z), dtype=np.uint64), nodes
            for k, r in enumerate(challenges):
                eq, half = plain.halve_eq(eq), 1 << (VARS - 1 - k)
                yield plain.logup_round(eq, folded, half, lam)
                folded = plain.fold_nodes(folded, r, half)

        ch = Rounds(challenges, prover())
        point, claim = check_eq_sumcheck(ch, ch.combine(total), z, 2, "round")
        assert claim.known == gate(*(at(nodes[:, k], point) for k in range(4)))


def test_folding_is_evaluation_at_every_point() -> None:
    column = table(*LEFT)
    for r, s in every_point():
        once = plain.fold(column, r, 2)
        assert entry(plain.fold(once, s, 1), 0) == at(column, (r, s))
        assert entry(once, 0) == at(table(*LEFT[::2]), (r,))


def test_fractions_add_up_for_every_alpha() -> None:
    """The root of the tree is sum numerator / (alpha - value); its denominator is zero where one of a leaf is."""
    numerators = np.array([1, 3, 4], dtype=np.uint64)
    for alpha, values in product(elements(P), product(range(P), repeat=3)):
        column = np.array([values], dtype=np.uint64)
        nodes = np.empty((3, 2, 2), dtype=np.uint64)
        plain.logup_leaves_into(numerators, np.zeros(3, dtype=np.uint64), column, alpha, [ONE], nodes)
        while len(nodes) > 1:
            nodes = plain.logup_parents(nodes)
        numerator, denominator = (Ext(*pair) for pair in nodes[0].tolist())
        parts = [alpha - value for value in values]
        assert denominator == ext_product(parts)
        if denominator != ZERO:
            expected = ext_sum(part.inverse() * n for part, n in zip(parts, (1, 3, 4), strict=True))
            assert numerator * denominator.inverse() == expected


def test_eq_of_a_point_with_itself_is_a_sum_of_squares() -> None:
    for x in every_point():
        assert eq_at(x, x) == ext_sum(weight * weight for weight in eq_table(x))


def _some_pairs() -> Iterator[tuple[tuple[Ext, ...], tuple[Ext, ...]]]:
    """Yield points with challenges: both over all units of F; and one point with challenges over all units of E."""
    base = [Ext(a) for a in range(1, P)]
    yield from product(product(base, repeat=VARS), repeat=2)
    fixed = (Ext(2, 3), Ext(4, 1))
    for challenges in every_point(units=True):
        yield fixed, challenges
