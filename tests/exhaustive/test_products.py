"""The sacrifice of a product of pads over a field of 7 elements: every pad, every rho."""

from itertools import product

P = 7


def accepts(d1: int, d2: int, d12: int, a: int, c: int, rho: int) -> bool:
    """e = rho d1 + a is revealed; then e d2 - rho d12 - c must be zero."""
    e = rho * d1 + a
    return (e * d2 - rho * d12 - c) % P == 0


def test_a_wrong_product_passes_for_exactly_one_rho() -> None:
    for d1, d2, d12, a, c in product(range(P), repeat=5):
        lucky = sum(accepts(d1, d2, d12, a, c, rho) for rho in range(P))
        if d12 != d1 * d2 % P:
            assert lucky == 1
        else:
            assert lucky == (P if c == a * d2 % P else 0)


def test_a_revealed_value_hides_its_factor() -> None:
    """With a uniform, e is uniform whatever d1 is."""
    for d1, rho in product(range(P), repeat=2):
        assert {(rho * d1 + a) % P for a in range(P)} == set(range(P))


def test_one_mask_for_two_factors_would_show_their_difference() -> None:
    for d1, other, a, rho in product(range(P), range(P), range(P), range(1, P)):
        first, second = rho * d1 + a, rho * other + a
        assert (first - second) * pow(rho, -1, P) % P == (d1 - other) % P


def test_one_mask_under_two_rho_would_show_the_factor() -> None:
    for d1, a in product(range(P), repeat=2):
        assert ((2 * d1 + a) - (1 * d1 + a)) % P == d1
