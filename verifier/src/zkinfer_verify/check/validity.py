"""A statement is checked before anything is proved or verified with it."""

from zkinfer_verify.check.access import AccessError, plan_contraction
from zkinfer_verify.check.column_claims import group_terms
from zkinfer_verify.check.work import check_work
from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.statement.bounds import check_bounds
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.statement.wellformed import check_shapes, forms_of


def check_statement(statement: Statement, profile: Profile, layout: Layout) -> None:
    """Refuse a statement that is not well formed, not sound, or outside of its profile.

    Errors: UsageError naming what does not hold.
    """
    if statement.row_vars not in profile.row_vars:
        raise UsageError(f"rows of 2^{statement.row_vars} cells are not in profile {profile.name!r}")
    check_shapes(statement, layout)
    check_bounds(statement)
    _check_weight_rows(statement)
    plans = []
    for number, relation in enumerate(statement.contractions):
        try:
            plans.append(plan_contraction(relation))
        except AccessError as error:
            raise UsageError(f"contraction {number}: {error}") from None
    check_work(statement, plans)


def _check_weight_rows(statement: Statement) -> None:
    """Every row of W stands alone, with nonzero weight, in a claim: only then is it proved to be near the code."""
    alone: set[int] = set()
    for form in forms_of(statement):
        for terms in group_terms(statement, form):
            # Two tensors of W in one claim would only be proved near the code in that one combination.
            weights = [term.column for term in terms if statement.columns[term.column].oracle is Oracle.WEIGHTS]
            if len(weights) == 1:
                alone.add(weights[0])
    columns = [statement.columns[index] for index in alone]
    rows = {column.row + k for column in columns for k in range(column.row_count(statement.row_vars))}
    if rows != set(range(statement.weight_rows)):
        raise UsageError("statement is not well formed: a row of W stands alone in no relation")
