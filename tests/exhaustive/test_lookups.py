"""LogUp over a field of 13 elements: every assignment, every multiplicity, every alpha."""

from collections import Counter
from functools import cache
from itertools import combinations_with_replacement, product

P = 13
TABLE = (0, 1)
LEAVES = 4


def parent(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Add two fractions without dividing."""
    (p0, q0), (p1, q1) = left, right
    return (p0 * q1 + p1 * q0) % P, q0 * q1 % P


@cache
def half(first: tuple[int, int], second: tuple[int, int], alpha: int) -> tuple[int, int]:
    """A node over two leaves m / (alpha - value)."""
    return parent((first[0], (alpha - first[1]) % P), (second[0], (alpha - second[1]) % P))


def lucky(looked_up: tuple[int, int], counts: tuple[int, int]) -> int:
    """How many alpha make the root's numerator zero."""
    first, second = ((1, value) for value in looked_up)
    zero, one = ((-m % P, value) for m, value in zip(counts, TABLE, strict=True))
    return sum(parent(half(first, second, alpha), half(zero, one, alpha))[0] == 0 for alpha in range(P))


def test_over_all_alpha_a_wrong_multiset_passes_less_often_than_there_are_leaves() -> None:
    most = 0
    for looked_up in combinations_with_replacement(range(P), 2):
        found = Counter(looked_up)
        for counts in product(range(P), range(P)):
            right = set(looked_up) <= set(TABLE) and counts == tuple(found[value] for value in TABLE)
            passes = lucky(looked_up, counts)
            if right:
                assert passes == P
            else:
                most = max(most, passes)
    assert 0 < most < LEAVES


def test_a_fraction_of_zero_over_zero_would_let_everything_pass() -> None:
    for alpha in range(P):
        wrong = half((1, 7), (1, 9), alpha)
        assert parent(wrong, parent((0, 0), (0, 1)))[0] == 0


def test_a_missing_leaf_of_zero_over_one_changes_nothing() -> None:
    for p, q in product(range(P), repeat=2):
        assert parent((p, q), (0, 1)) == (p, q)


def test_as_many_lookups_as_the_characteristic_would_vanish() -> None:
    """Why the number of lookups stays under p: p equal wrong leaves add up to nothing."""
    for alpha in range(P):
        node = (0, 1)
        for _ in range(P):
            node = parent(node, (1, (alpha - 7) % P))
        assert node[0] == 0
