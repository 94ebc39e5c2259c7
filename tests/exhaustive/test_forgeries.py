"""Forgeries that an easy reading of the protocol admits succeed against that reading, and fail against ours."""

import random

import pytest

from spec.field import P
from tests.exhaustive.small_field import add, at, coset, mul

K, B, N, QUERIES = 8, 4, 64, 4


def linear_test_accepts(powers_from: int, honest_mask: bool, error: int) -> bool:
    """Run a linear test of <1, data> = sum + error and <e_0, data> = data_0, with coefficients l^from, l^(from + 1).

    The mask is committed before l is drawn; a cheating one carries the error of constraint 0 at coefficient K - 1.
    """
    draw = random.Random(f"{powers_from} {honest_mask} {error}")
    data = [draw.randrange(100) for _ in range(K)]
    row = data + [draw.randrange(P) for _ in range(B)]
    weights = [[1] * K, [0] * (K - 1) + [1]]  # reversed: the inner product is the coefficient of X^(K-1)
    mask = [draw.randrange(P) for _ in range(2 * K + B - 1)]
    mask[K - 1] = 0 if honest_mask else error
    challenge = draw.randrange(1, P)
    first, second = (pow(challenge, powers_from + i, P) for i in range(2))
    vector = add([mask, *(mul([c], mul(w, row, P), P) for c, w in zip((first, second), weights, strict=True))], P)
    for x in draw.sample(coset(N, 7, P), QUERIES):
        combined = first * at(weights[0], x, P) + second * at(weights[1], x, P)
        if at(vector, x, P) != (at(mask, x, P) + combined * at(row, x, P)) % P:
            return False
    return vector[K - 1] == (first * (sum(data) + error) + second * data[0]) % P


def test_a_true_claim_passes_the_linear_test() -> None:
    assert linear_test_accepts(1, honest_mask=True, error=0)


def test_a_mask_carries_the_error_of_a_constraint_with_coefficient_one() -> None:
    assert linear_test_accepts(0, honest_mask=False, error=12345)


@pytest.mark.parametrize("error", [1, 12345, P - 1])
def test_rejects_a_mask_that_carries_an_error_when_powers_start_at_one(error: int) -> None:
    assert not linear_test_accepts(1, honest_mask=False, error=error)
    assert not linear_test_accepts(1, honest_mask=True, error=error)


@pytest.mark.parametrize("bits", range(1, 13))
def test_a_limb_is_exact_only_when_it_is_looked_up_as_it_is_too(bits: int) -> None:
    """A table of 2^13 rows, a limb of fewer bits looked up as 2^(13 - bits) v alone: v = 1 / 2^(13 - bits) passes."""
    scale = 2 ** (13 - bits)
    forged = pow(scale, -1, P)
    assert forged * scale % P < 2**13
    assert forged >= 2**13, "the lookup of v itself refuses it"
    both = [v for v in range(2**13) if v * scale % P < 2**13]
    assert both == list(range(2**bits))


def test_five_limbs_of_thirteen_bits_are_not_unique() -> None:
    """65 bits pass p: two different limb vectors stand for one element."""
    value = 3
    other = value + P
    limbs = [other >> (13 * k) & (2**13 - 1) for k in range(5)]
    assert all(limb < 2**13 for limb in limbs)
    assert sum(limb << (13 * k) for k, limb in enumerate(limbs)) % P == value
