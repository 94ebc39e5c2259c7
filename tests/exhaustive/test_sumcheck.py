"""Sumcheck over a field of 17 elements: over all challenges, a false claim passes exactly as often as counted."""

from itertools import product

import pytest

from tests.exhaustive.small_field import add, at, mul

P = 17
VARS = 3
NONZERO = range(1, P)
LEFT = [3, 1, 4, 1, 5, 9, 2, 6]
RIGHT = [2, 7, 1, 8, 2, 8, 1, 8]


def fix(table: list[int], r: int) -> list[int]:
    """Fix the first variable."""
    half = len(table) // 2
    return [((1 - r) * low + r * high) % P for low, high in zip(table[:half], table[half:], strict=True)]


def round_poly(left: list[int], right: list[int]) -> list[int]:
    """s(X) = sum_b left(X, b) right(X, b): coefficients."""
    half = len(left) // 2
    terms = []
    for b in range(half):
        terms.append(mul([left[b], left[half + b] - left[b]], [right[b], right[half + b] - right[b]], P))
    return add(terms, P)


def excess(error: int) -> list[int]:
    """The best lie: a polynomial of degree 2 with two roots among the challenges and error at 0 + at 1."""
    shape = mul([-2 % P, 1], [-3 % P, 1], P)
    scale = error * pow(at(shape, 0, P) + at(shape, 1, P), -1, P)
    return [scale * c % P for c in shape]


def accepts(error: int, challenges: tuple[int, ...]) -> bool:
    """Run a prover whose claim is off by `error` and who lies as well as possible."""
    left, right = LEFT, RIGHT
    claim = (sum(a * b for a, b in zip(left, right, strict=True)) + error) % P
    for r in challenges:
        true = round_poly(left, right)
        sent = add([true, excess(error)], P) if error else true
        if (at(sent, 0, P) + at(sent, 1, P) - claim) % P:
            raise ValueError("the prover fails its own round")
        claim = at(sent, r, P)
        left, right = fix(left, r), fix(right, r)
        error = (claim - sum(a * b for a, b in zip(left, right, strict=True))) % P
    return error == 0


def test_a_true_claim_always_passes() -> None:
    assert all(accepts(0, challenges) for challenges in product(NONZERO, repeat=VARS))


@pytest.mark.parametrize("error", [1, 5, P - 1])
def test_a_false_claim_passes_exactly_as_often_as_counted(error: int) -> None:
    accepted = sum(accepts(error, challenges) for challenges in product(NONZERO, repeat=VARS))
    size = P - 1
    assert accepted == size**VARS - (size - 2) ** VARS
    assert accepted <= 2 * VARS * size ** (VARS - 1)  # the ledger's term: rounds * degree / (|F| - 1)


def test_no_lie_in_one_round_has_more_than_degree_many_lucky_challenges() -> None:
    most = 0
    for lie in product(range(P), repeat=3):
        if (at(lie, 0, P) + at(lie, 1, P)) % P:
            most = max(most, sum(at(lie, r, P) == 0 for r in NONZERO))
    assert most == 2


@pytest.mark.parametrize("z", range(P))
def test_a_round_without_its_equality_factor_needs_a_nonzero_point(z: int) -> None:
    """t(0) and t(2) are sent, t(1) = (claim - (1 - z) t(0)) / z: no value at all when z is zero."""
    if z == 0:
        with pytest.raises(ValueError, match="not invertible"):
            pow(z, -1, P)
        return
    most = 0
    for lie in product(range(P), repeat=3):
        if ((1 - z) * at(lie, 0, P) + z * at(lie, 1, P)) % P:
            most = max(most, sum(at(lie, r, P) == 0 for r in NONZERO))
    assert most == 2
