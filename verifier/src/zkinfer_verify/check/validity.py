"""A statement is checked before anything is proved or verified with it."""

from zkinfer_verify.check.access import AccessError, plan_contraction
from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.statement.bounds import check_bounds
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.statement.wellformed import check_shapes


def check_statement(statement: Statement, profile: Profile, layout: Layout) -> None:
    """Refuse a statement that is not well formed, not sound, or outside of its profile.

    Errors: UsageError naming what does not hold.
    """
    if statement.row_vars not in profile.row_vars:
        raise UsageError(f"rows of 2^{statement.row_vars} cells are not in profile {profile.name!r}")
    check_shapes(statement, layout)
    check_bounds(statement)
    for number, relation in enumerate(statement.contractions):
        try:
            plan_contraction(relation)
        except AccessError as error:
            raise UsageError(f"contraction {number}: {error}") from None
