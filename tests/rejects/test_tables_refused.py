"""Each guard of a statement's tables: one that breaks it is refused with UsageError, which names it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from attacks.classes.a18_function_values import squaring
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement import limits
from zkinfer_verify.statement.relations import Lookup
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.statement.tables import Run

HONEST = squaring().statement
SQUARES = HONEST.tables[0].image
OTHER_RUNS = sum(len(table.image) for table in HONEST.tables[1:])


def table(**changes: Any) -> Statement:
    """Change the table of the squares of -2 .. 2."""
    first, *others = HONEST.tables
    return replace(HONEST, tables=(replace(first, **changes), *others))


def argument(**changes: Any) -> Statement:
    """Change the column of the squares' arguments."""
    first, *others = HONEST.columns
    return replace(HONEST, columns=(replace(first, **changes), *others))


def looked_up(*components: tuple[int, int], of: int = 0) -> Statement:
    """Add a lookup."""
    return replace(HONEST, lookups=(*HONEST.lookups, Lookup(of, components)))


def many_runs(count: int) -> Statement:
    """Give the squares a table of so many rows, each a run of its own."""
    made = table(size=count, image=(Run(1, 0, 0),) * count)
    index = made.tables[0].multiplicities
    counts = replace(made.columns[index], dims=(count,), row=made.witness_rows)
    first = replace(made.columns[0], hi=made.columns[0].lo + count - 1)
    columns = (first, *made.columns[1:index], counts, *made.columns[index + 1 :])
    return replace(made, columns=columns, witness_rows=made.witness_rows + counts.row_count(made.row_vars))


CASES: list[tuple[str, Callable[[], Statement], str]] = [
    ("runs that are too few", lambda: table(image=SQUARES[:-1]), "runs differ from it in size"),
    ("runs that are too many", lambda: table(image=(*SQUARES, Run(1, 9, 0))), "runs differ from it in size"),
    ("a run of no rows", lambda: table(image=(Run(0, 4, 0), *SQUARES)), "a run of a table has no rows"),
    (
        "a run of rows less than none",
        lambda: table(image=(Run(6, 4, 0), Run(-1, 0, 0))),
        "a run of a table has no rows",
    ),
    ("runs without end", lambda: many_runs(limits.MAX_RUNS - OTHER_RUNS + 1), "too many runs"),
    (
        "runs that a verifier has too much work with",
        lambda: many_runs(limits.MAX_RUNS - OTHER_RUNS),
        "elements a proof",
    ),
    ("a function's values near p/2", lambda: table(image=(Run(5, 0, 1 << 60),)), "a table's values"),
    ("a function's values that wrap", lambda: table(image=(Run(5, (1 << 63) - 1, 1),)), "a table's values"),
    ("values beyond their column's range", lambda: table(image=(Run(5, 1, 1),)), "its lookups enforce 1..5"),
    ("values under their column's range", lambda: table(image=(Run(5, 3, -1),)), "its lookups enforce -1..3"),
    ("arguments beyond their column's range", lambda: table(lo=-3), "its lookups enforce -3..1"),
    ("a function that is dropped", lambda: table(image=()), "width differs"),
    ("a lookup of an argument alone", lambda: looked_up((0, 1)), "width differs"),
    ("a lookup of three", lambda: looked_up((0, 1), (1, 1), (1, 1)), "width differs"),
    ("a pair that is looked up twice", lambda: looked_up((0, 1), (1, 1), of=1), "looked up twice"),
    ("an argument that lies apart", lambda: argument(offset=8), "lie apart"),
    ("an argument of another shape", lambda: argument(dims=(2, 2)), "lie apart"),
]


def test_the_honest_statement_is_accepted() -> None:
    prepare(HONEST, allow_toy=True)


@pytest.mark.parametrize(("make", "match"), [pytest.param(make, match, id=name) for name, make, match in CASES])
def test_rejects_a_statement_when_it_has(make: Callable[[], Statement], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        prepare(make(), allow_toy=True)


def test_a_pair_exchanged_may_be_looked_up_too() -> None:
    # (y, x) is another list of columns than (x, y): its own leaf rows, in which no ids add up.
    prepare(looked_up((1, 1), (0, 1)), allow_toy=True)
