"""Which statements are sound: relations over field elements that mean relations over integers.

The verifier recomputes every bound from the declared ranges, and each declared range from the lookups that enforce
it. A statement whose bounds could reach p/2, whose shapes do not fit, or whose rows are not all covered, is refused.
"""

from math import prod

from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Role
from zkinfer_verify.statement.relations import Contraction, Form, Term
from zkinfer_verify.statement.statement import Statement

HALF = P // 2


def check_bounds(statement: Statement) -> None:
    """Check every declared range and every relation's magnitude.

    Errors: UsageError naming the column or relation, its bound, and p/2.
    """
    for index, column in enumerate(statement.columns):
        if column.role is Role.RANGED:
            lo, hi = enforced_range(statement, index)
            if lo < column.lo or hi > column.hi:
                raise UsageError(
                    f"column {column.name} declares the range {column.lo}..{column.hi}, its lookups enforce {lo}..{hi}"
                )
        _require(max(abs(column.lo), abs(column.hi)), f"column {column.name}")
    for hidden in statement.inputs:
        lo, hi = enforced_range(statement, hidden.column)
        if lo < hidden.lo or hi > hidden.hi:
            raise UsageError(
                f"input {hidden.name} declares the range {hidden.lo}..{hidden.hi}, its lookups enforce {lo}..{hi}"
            )
    for number, vanish in enumerate(statement.vanishes):
        for factor in vanish.factors:
            _require(magnitude(statement, factor), f"a factor of vanish {number}")
    for number, affine in enumerate(statement.affines):
        _require(magnitude(statement, affine.form), f"affine {number}")
    for number, relation in enumerate(statement.contractions):
        _require(magnitude(statement, relation.out), f"the output of contraction {number}")
        _require(magnitude(statement, relation.right), f"the right operand of contraction {number}")
        _require(contraction_magnitude(statement, relation), f"the sum of contraction {number}")


def enforced_range(statement: Statement, column: int) -> tuple[int, int]:
    """Return the range that a column's lookups enforce.

    A lookup of scale s gives s v = a row's component mod p. With scale 1, v is in the component's span. Once |v| is
    bounded and s |v| < p/2, the scaled lookup holds of integers too and narrows the range; alone it would accept
    v = u / s mod p. Errors: UsageError when no lookup of scale 1 covers the column.
    """
    found = statement.lookups_of.get(column, [])
    name = statement.columns[column].name
    unscaled = [span for scale, span in found if scale == 1]
    if not unscaled:
        raise UsageError(f"column {name} is in no lookup of scale 1: its range is not enforced")
    lo, hi = max(low for low, _ in unscaled), min(high for _, high in unscaled)
    largest = max(abs(lo), abs(hi))
    # The largest scale stands for all: a name is written once, however often its column is looked up.
    _require(max(scale for scale, _ in found) * largest, f"a lookup of column {name}")
    for scale, (low, high) in found:
        lo, hi = max(lo, -(-low // scale)), min(hi, high // scale)
    return lo, hi


def term_magnitude(statement: Statement, term: Term) -> int:
    """Return the largest |coefficient * column| that the declared range allows."""
    if term.is_public:
        return abs(term.coefficient) * statement.outputs[-1 - term.column].bound
    column = statement.columns[term.column]
    return abs(term.coefficient) * max(abs(column.lo), abs(column.hi))


def magnitude(statement: Statement, form: Form) -> int:
    """Return a bound on |form| over all integers that the declared ranges allow.

    Terms that select different indices of stacked axes exclude each other: only the largest selection counts, where all
    selecting terms select along the same axes.
    """
    common = abs(form.constant)
    selected: dict[tuple[int, ...], int] = {}
    for term in form.terms:
        key = tuple(kind if kind >= 0 else -1 for kind in term.axes)
        if all(kind == -1 for kind in key):
            common += term_magnitude(statement, term)
        else:
            selected[key] = selected.get(key, 0) + term_magnitude(statement, term)
    same_axes = len({tuple(kind >= 0 for kind in key) for key in selected}) == 1
    return common + (max(selected.values()) if same_axes else sum(selected.values()))


def contraction_magnitude(statement: Statement, relation: Contraction) -> int:
    """Return a bound on the sum: norm * |right|, the norm of what is no weight at least entries * |left|."""
    right = magnitude(statement, relation.right)
    kept = {axis for coordinates in relation.out_access for index in coordinates for axis, _ in index.terms}
    summed = prod(extent for axis, extent in enumerate(relation.extents) if axis not in kept)
    if relation.left is None:
        return summed * right
    if all(_is_weight(statement, term) for term in relation.left.terms) and not relation.left.constant:
        return relation.norm * right
    return max(relation.norm, summed * magnitude(statement, relation.left)) * right


def _is_weight(statement: Statement, term: Term) -> bool:
    return not term.is_public and statement.columns[term.column].role is Role.WEIGHT


def _require(bound: int, what: str) -> None:
    if bound >= HALF:
        raise UsageError(f"{what} can reach {bound} (2^{bound.bit_length() - 1} or more), not under p/2 = {HALF}")
