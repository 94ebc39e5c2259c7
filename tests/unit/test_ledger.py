"""The ledger: t is the least, the exact sum is under 2^-100, and every term is recomputed here from its formula."""

from fractions import Fraction
from itertools import combinations
from math import ceil, comb, log2

import pytest

from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.ledger import Parameters, Shape, bits_of, derive_parameters, error_terms
from zkinfer_verify.params.profile import PROFILES, profile_named

FIELD = (2**64 - 2**32 + 1) ** 2 - 1
BOUND = Fraction(1, 2**100)


def shape(row_vars: int, **changes: int) -> Shape:
    """A statement about as large as the reference network's."""
    counts = {
        "leaf_rows": 1000,
        "weight_rows": 900,
        "witness_rows": 600,
        "tuple_width": 1,
        "round_degrees": 1200,
        "point_vars": 200,
        "padding_groups": 20,
        "constraints": 400,
        "products": 120,
    }
    return Shape(row_vars=row_vars, **(counts | changes))


def recomputed(log_inv_rate: int, pads: tuple[int, int], s: Shape, t: int) -> list[Fraction]:
    """Return every error term of docs/protocol.md, ledger, for t opened positions."""
    k, k_pads = 2**s.row_vars, 2 ** pads[0]
    n, n_pads = k * 2**log_inv_rate, k_pads * 2 ** pads[1]

    def missed(agreeing: int, length: int) -> Fraction:
        found = Fraction(1)
        for i in range(t):
            found *= Fraction(max(agreeing - i, 0), length - i)
        return found

    bits = {
        name: ceil(log2(count)) for name, count in (("leaf", s.leaf_rows), ("w", s.weight_rows), ("a", s.witness_rows))
    }
    over_field = [
        (bits["leaf"] + s.tuple_width - 1 + bits["w"] + 2) * n,
        n_pads,
        2 ** (bits["leaf"] + s.row_vars) * s.tuple_width,
        3 * (bits["leaf"] + s.row_vars),
        s.round_degrees,
        s.point_vars,
        2 * s.row_vars + 2,
        s.padding_groups * (bits["a"] + s.row_vars),
        s.constraints,
        2,
    ]
    queries = [
        missed((n + k + t) // 2, n),
        missed((n_pads + k_pads + t) // 2, n_pads),
        missed(2 * k_pads + t - 1, n_pads),
    ]
    return queries + [Fraction(count, FIELD) for count in over_field]


def derived(name: str, s: Shape) -> Parameters:
    """Derive the parameters of a profile."""
    return derive_parameters(profile_named(name), s)


@pytest.mark.parametrize("row_vars", range(10, 17))
@pytest.mark.parametrize(("name", "rate", "pads"), [("standard", 2, (9, 4)), ("small", 3, (9, 4))])
def test_every_term_is_its_formula(name, rate, pads, row_vars):
    for s in (shape(row_vars), shape(row_vars, leaf_rows=200, tuple_width=2)):
        found = derived(name, s)
        assert [term for _, term in found.terms] == recomputed(rate, pads, s, found.num_queries)


@pytest.mark.parametrize("row_vars", range(10, 17))
@pytest.mark.parametrize("name", ["standard", "small"])
def test_t_is_the_least_whose_exact_sum_is_under_the_bound(name, row_vars):
    s = shape(row_vars)
    t = derived(name, s).num_queries
    sums = {q: sum(term for _, term in error_terms(PROFILES[name], s, q)) for q in (*range(1, t, 7), t - 1, t)}
    assert sums[t] < BOUND
    assert all(error >= BOUND for q, error in sums.items() if q < t)


@pytest.mark.parametrize("row_vars", range(10, 16))
def test_the_number_of_positions_is_where_the_design_expects_it(row_vars):
    assert 145 <= derived("standard", shape(row_vars)).num_queries <= 160
    assert 119 <= derived("small", shape(row_vars)).num_queries <= 128


def test_the_reported_bits_are_rounded_down():
    found = derived("standard", shape(14))
    assert 100 <= found.soundness_bits < 101
    assert found.error <= Fraction(2) ** -100
    assert bits_of(Fraction(1, 2**100)) == 100
    assert bits_of(Fraction(3, 2**101)) == 99.41
    assert bits_of(Fraction(1)) == 0


def test_more_of_anything_is_never_less_error():
    whole = sum(term for _, term in error_terms(PROFILES["standard"], shape(14), 150))
    for name in (
        "leaf_rows",
        "weight_rows",
        "witness_rows",
        "round_degrees",
        "point_vars",
        "padding_groups",
        "constraints",
    ):
        count = getattr(shape(14), name)
        larger = sum(term for _, term in error_terms(PROFILES["standard"], shape(14, **{name: 2 * count}), 150))
        assert larger > whole, name


def test_rejects_a_statement_when_no_number_of_positions_reaches_the_bound():
    derived("standard", shape(16, leaf_rows=2**10))
    with pytest.raises(UsageError, match="cannot reach 100 bits"):
        derived("standard", shape(16, leaf_rows=2**12))


def test_toy_has_fixed_positions_and_is_refused_by_default():
    assert derive_parameters(PROFILES["toy"], shape(4)).num_queries == 4
    with pytest.raises(UsageError, match="toy"):
        profile_named("toy")
    with pytest.raises(UsageError, match="unknown"):
        profile_named("fast")


def test_positions_miss_every_disagreement_with_the_counted_probability():
    """Counted over all choices of t positions, for a code too small to be of use."""
    n, agreeing, t = 12, 7, 3
    missing = sum(all(position < agreeing for position in chosen) for chosen in combinations(range(n), t))
    assert Fraction(missing, comb(n, t)) == Fraction(comb(agreeing, t), comb(n, t))
