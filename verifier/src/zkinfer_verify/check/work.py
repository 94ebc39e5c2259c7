"""How much a verifier computes for one proof of a statement, counted before it begins.

A statement of a kilobyte can name an axis of millions of entries, or one column in a hundred thousand forms. Both are
public, so their cost is known in advance: a statement that asks for more than `MAX_WORK` elements of E is refused.
"""

from collections.abc import Iterable
from math import prod

from zkinfer_verify.check.access import OperandAxis, Plan
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_WORK
from zkinfer_verify.statement.relations import Contraction, Index, Term
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.statement.tables import Table
from zkinfer_verify.statement.wellformed import forms_of


def check_work(statement: Statement, plans: Iterable[Plan]) -> None:
    """Refuse a statement whose verifiers would compute too much; plans: of its contractions. Source: protocol.md, 3.10.

    Errors: UsageError naming what is asked for, and the limit.
    """
    work = sum(_table_work(statement, table) for table in statement.tables)
    work += sum(_term_work(statement, term) for form in forms_of(statement) for term in form.terms)
    for relation, plan in zip(statement.contractions, plans, strict=True):
        work += sum(_axis_work(relation, axis) for axis in (*plan.left, *plan.right) if axis.plain is None)
    if work > MAX_WORK:
        raise UsageError(
            f"statement asks its verifiers for {work} elements a proof, the limit is {MAX_WORK}; "
            "prove a smaller network, or one in parts"
        )


def _term_work(statement: Statement, term: Term) -> int:
    """Return how many weights a term has: one for each row of its column, or for each entry of its public output."""
    if term.is_public:
        return prod(statement.outputs[-1 - term.column].dims)
    return statement.columns[term.column].row_count(statement.row_vars)


def _table_work(statement: Statement, table: Table) -> int:
    """Return how many elements the ends of a table's runs take, two a variable; each row looks for its own."""
    column = statement.columns[table.multiplicities]
    return len(table.image) * (2 * min(column.num_vars, statement.row_vars) + column.row_count(statement.row_vars))


def _axis_work(relation: Contraction, axis: OperandAxis) -> int:
    """Return how many elements the vector of a sliding axis takes.

    The entries of the axis and of the output axes whose weights fall to it, the iteration values that read it, and the
    grid of the places that they reach, in range or not.
    """
    read = [term for index in axis.coordinates for term in index.terms]
    places = prod(1 + sum(step * (relation.extents[k] - 1) for k, step in index.terms) for index in axis.coordinates)
    entries = _entries(axis.coordinates) + sum(_entries(relation.out_access[out]) for out in axis.out_axes)
    return entries + prod(relation.extents[k] for k, _ in read) + places


def _entries(coordinates: Iterable[Index]) -> int:
    """Return how many entries an axis has."""
    return prod(index.extent for index in coordinates)
