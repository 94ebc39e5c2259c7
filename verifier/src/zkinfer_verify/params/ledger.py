"""The ledger: every error term of a statement, in exact fractions, and the number of positions that their sum asks for.

The claim is on the sum. Challenges are nonzero, so a term is counted over |E| - 1.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb

from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.extension import ORDER
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.poly.eq import num_bits


@dataclass(frozen=True)
class Shape:
    """What the error terms depend on.

    row_vars: log2 K; leaf_rows, weight_rows, witness_rows: row counts; tuple_width: of the widest table;
    round_degrees: the sum over all sumcheck rounds of their degree; padding_groups: how many patterns of padding;
    constraints: on pads; products: of pads; claims: on columns; point_vars: variables of all fresh random points.
    """

    row_vars: int
    leaf_rows: int
    weight_rows: int
    witness_rows: int
    tuple_width: int
    round_degrees: int
    point_vars: int
    padding_groups: int
    constraints: int
    products: int


@dataclass(frozen=True)
class Parameters:
    """What both sides derive from profile and shape. num_queries = t = b; the error terms by name."""

    num_queries: int
    code_length: int
    pad_code_length: int
    pad_row_length: int
    terms: tuple[tuple[str, Fraction], ...]

    @property
    def error(self) -> Fraction:
        """The sum of all error terms."""
        return sum((term for _, term in self.terms), Fraction(0))

    @property
    def soundness_bits(self) -> float:
        """-log2 of the sum of all error terms, rounded down to hundredths."""
        return bits_of(self.error)


def bits_of(error: Fraction) -> float:
    """Return -log2 of an error in (0, 1], rounded down to hundredths; exact integer arithmetic decides each step."""
    power = (error.denominator**100) // (error.numerator**100)
    return max(0, power.bit_length() - 1) / 100


def _choose_ratio(agreeing: int, length: int, queries: int) -> Fraction:
    """Return C(agreeing, t) / C(length, t): that t distinct positions miss every disagreement."""
    return Fraction(comb(agreeing, queries), comb(length, queries))


def error_terms(profile: Profile, shape: Shape, queries: int) -> tuple[tuple[str, Fraction], ...]:
    """List every error term for t = b = queries. Source: docs/security.md, ledger."""
    k, k_pads = 1 << shape.row_vars, 1 << profile.pad_row_vars
    n, n_pads = k << profile.log_inv_rate, k_pads << profile.pad_log_inv_rate
    field = ORDER - 1
    folds = num_bits(shape.leaf_rows) + (shape.tuple_width - 1) + num_bits(max(1, shape.weight_rows)) + 2
    leaves = 1 << (num_bits(shape.leaf_rows) + shape.row_vars)
    row_bits = num_bits(max(1, shape.witness_rows))
    return (
        ("queries of W and A", _choose_ratio((n + k + queries) // 2, n, queries)),
        ("queries of Q", _choose_ratio((n_pads + k_pads + queries) // 2, n_pads, queries)),
        ("linear test of Q", _choose_ratio(2 * k_pads + queries - 1, n_pads, queries)),
        ("proximity gap of W and A", Fraction(folds * n, field)),
        ("proximity gap of Q", Fraction(n_pads, field)),
        ("lookups", Fraction(leaves * shape.tuple_width, field)),
        # A layer's p + lambda q hides one error; so does each of p and q on the line through the two children.
        ("lookup layers", Fraction(3 * (num_bits(shape.leaf_rows) + shape.row_vars), field)),
        ("sumcheck rounds", Fraction(shape.round_degrees, field)),
        ("random points", Fraction(shape.point_vars, field)),
        ("folding", Fraction(2 * shape.row_vars + 2, field)),
        ("padding claims", Fraction(shape.padding_groups * (row_bits + shape.row_vars), field)),
        ("constraints on pads", Fraction(shape.constraints, field)),
        ("opening, products", Fraction(2, field)),
    )


@lru_cache(maxsize=256)
def derive_parameters(profile: Profile, shape: Shape) -> Parameters:
    """Compute t, the least number of positions for which the sum of the error terms is under the profile's bound.

    Errors: UsageError when no t reaches the bound: the statement is too large for this field.
    """
    k, k_pads = 1 << shape.row_vars, 1 << profile.pad_row_vars

    def built(queries: int) -> Parameters:
        terms = error_terms(profile, shape, queries)
        return Parameters(queries, k << profile.log_inv_rate, k_pads << profile.pad_log_inv_rate, k_pads, terms)

    if profile.fixed_queries is not None:
        return built(profile.fixed_queries)
    bound = Fraction(1, 1 << profile.soundness_bits)
    # The error falls as t grows: the least t is where "under the bound" turns true.
    limit = min(k, k_pads)
    queries = 1 + bisect_left(range(1, limit + 1), True, key=lambda t: built(t).error < bound)
    if queries > limit:
        raise UsageError(
            f"profile {profile.name!r} cannot reach {profile.soundness_bits} bits for this statement: "
            f"{shape.leaf_rows << shape.row_vars} lookups are too many for the field; a cubic profile is needed"
        )
    return built(queries)
