"""Each limit of a statement, exactly at it and just beyond.

Beyond, the refusal names the limit. At it, the statement is taken or refused for something else: most of these are
far too large to be anyone's.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod

import pytest

from tests.rejects.test_statements_refused import (
    BOTH,
    CONVOLUTION,
    HONEST,
    X,
    access,
    affine,
    column,
    contraction,
    hidden,
    more_lookups,
    movement,
    number,
    output,
    table,
    vanish,
)
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement import limits
from zkinfer_verify.statement.bounds import HALF
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Form, Index, Lookup, Term
from zkinfer_verify.statement.statement import Statement

LAYOUT = Layout(HONEST)
LIMB = number("relu1.limb0")
LEAF_ROWS = sum(
    HONEST.columns[index].row_count(HONEST.row_vars)
    for index in [one.components[0][0] for one in HONEST.lookups] + [one.multiplicities for one in HONEST.tables]
)


def refusal(statement: Statement) -> str:
    """Return why a statement is refused; nothing where it is not."""
    try:
        prepare.__wrapped__(statement, allow_toy=True)
    except UsageError as error:
        return str(error)
    return ""


def many(count: int) -> Statement:
    """Return the honest statement with so many columns."""
    return replace(HONEST, columns=HONEST.columns + (HONEST.columns[LIMB],) * (count - len(HONEST.columns)))


def whole_rows(count: int) -> Statement:
    """Return a statement with so many columns, each of a whole row of A."""
    return replace(HONEST, columns=(HONEST.columns[LIMB],) * count)


def looked_up(rows: int) -> Statement:
    """Return the honest statement with so many rows of lookups."""
    return more_lookups(*(Lookup(1, ((LIMB, 1),)),) * (rows - LEAF_ROWS))


def entries(count: int) -> Statement:
    """Return a statement of so many looked-up entries and entries of products."""
    return vanish(Form((count - LAYOUT.num_lookups - LAYOUT.num_vanish_entries,), (), 0))


def displayed(*dims: int, bound: int = 1) -> Statement:
    """Add an output that no relation names."""
    return replace(HONEST, outputs=(*HONEST.outputs, replace(HONEST.outputs[0], dims=dims, bound=bound)))


def moved(*extents: int) -> Statement:
    """Add a contraction without weights over these iteration axes."""
    return replace(HONEST, contractions=(*HONEST.contractions, replace(movement(), extents=extents)))


def stepping(coordinate: Index, *, extents: tuple[int, ...] = ()) -> Statement:
    """Change how the convolution reads its channels."""
    changed = access("right", 1, coordinate).contractions[0]
    return contraction(0, right_access=changed.right_access, extents=extents or changed.extents)


def named(column_index: int) -> Statement:
    """Add a relation on a column, or on an output."""
    return affine(Term(1, column_index, (ALONG,)), dims=(3,))


GRID = limits.MAX_GRID_CELLS
AFTER = len(HONEST.columns)

# (name, statement of a number, the last that is taken, the first that is not, what the message says)
EDGES: list[tuple[str, Callable[[int], Statement], int, int, str]] = [
    ("both digests", lambda n: replace(HONEST, model_id=bytes(n), weight_root=bytes(n)), 32, 31, "32 bytes"),
    ("the model's digest alone", lambda n: replace(HONEST, model_id=bytes(n)), 32, 33, "32 bytes"),
    ("the root alone", lambda n: replace(HONEST, weight_root=bytes(n)), 32, 33, "32 bytes"),
    ("log2 of a row, from below", lambda n: replace(HONEST, row_vars=n), 4, 3, "not in profile"),
    ("rows of W", lambda n: replace(HONEST, weight_rows=n), limits.MAX_ROWS, limits.MAX_ROWS + 1, "too many rows"),
    ("rows of W, from below", lambda n: replace(HONEST, weight_rows=n), 0, -1, "too many rows, or none"),
    ("rows of A", lambda n: replace(HONEST, witness_rows=n), limits.MAX_ROWS, limits.MAX_ROWS + 1, "too many rows"),
    ("rows of A, from below", lambda n: replace(HONEST, witness_rows=n), 1, 0, "too many rows, or none"),
    ("columns", many, limits.MAX_COLUMNS, limits.MAX_COLUMNS + 1, "too many columns"),
    (
        "entries of outputs",
        lambda n: displayed(n - 3),
        limits.MAX_OUTPUT_ENTRIES,
        limits.MAX_OUTPUT_ENTRIES + 1,
        "or too many",
    ),
    ("a bound of an output", lambda n: output(bound=n), 0, -1, "output output"),
    (
        "axes of a tensor",
        lambda n: displayed(*(1,) * n),
        limits.MAX_AXES,
        limits.MAX_AXES + 1,
        "not well formed: output",
    ),
    ("axes of a tensor, from below", lambda n: displayed(*(1,) * n), 1, 0, "not well formed: output"),
    ("an extent, from below", lambda n: affine(dims=(n,)), 1, 0, "a form has extents"),
    ("cells of a tensor", lambda n: affine(dims=(n,)), limits.MAX_CELLS, limits.MAX_CELLS + 1, "a form has extents"),
    ("cells of padded axes", lambda n: affine(dims=(n, 1 << 16)), 1 << 16, (1 << 16) + 1, "a form has extents"),
    ("a column's row", lambda n: column("input", row=n), 0, -1, "outside of its oracle's rows"),
    (
        "a column's last row",
        lambda n: column("input", row=n),
        HONEST.witness_rows - 12,
        HONEST.witness_rows - 11,
        "outs",
    ),
    ("a column's range", lambda n: column("input", lo=n), 4, 5, "an empty range"),
    ("a column's offset, from below", lambda n: column("max_pool2.limb0", offset=n), 0, -8, "not aligned"),
    ("a column's offset", lambda n: column("max_pool2.limb0", offset=n), 8, 16, "not aligned"),
    ("a lookup's column", lambda n: more_lookups(Lookup(1, ((n, 2),))), AFTER - 1, AFTER, "es not e"),
    (
        "a lookup's column, from below",
        lambda n: more_lookups(Lookup(1, ((n, 2),))),
        0,
        -1,
        "lookup names a column that",
    ),
    ("a lookup's table", lambda n: more_lookups(Lookup(n, ((X, 2),))), 1, 2, "a table that does not exist"),
    (
        "a lookup's table, from below",
        lambda n: more_lookups(Lookup(n, ((X, 2),))),
        0,
        -1,
        "a table that does not exist",
    ),
    ("a lookup's scale, from below", lambda n: more_lookups(Lookup(1, ((LIMB, n),))), 2, 0, "a lookup's scale"),
    ("a lookup's scale", lambda n: more_lookups(Lookup(1, ((LIMB, n),))), (1 << 62) - 1, 1 << 62, "a lookup's scale"),
    ("a table's column", lambda n: table(0, multiplicities=n), AFTER - 1, AFTER, "es not exist"),
    ("a table's column, from below", lambda n: table(0, multiplicities=n), 0, -1, "a table names a column"),
    ("rows of lookups", looked_up, limits.MAX_LEAF_ROWS, limits.MAX_LEAF_ROWS + 1, "too many rows of lookups"),
    ("columns of whole rows", whole_rows, HONEST.witness_rows, HONEST.witness_rows + 1, "they need more rows"),
    ("entries", entries, limits.MAX_ENTRIES, limits.MAX_ENTRIES + 1, "too many lookups and products"),
    ("a table's rows", lambda n: table(1, size=n), limits.MAX_TABLE_ROWS, limits.MAX_TABLE_ROWS + 1, "a table of"),
    ("a table's rows, from below", lambda n: table(1, size=n), 1, 0, "a table of"),
    ("a table's first value", lambda n: table(1, lo=n), 1 - (1 << 62), -(1 << 62), "a table's values"),
    ("a table's last value", lambda n: table(1, lo=n - 15), (1 << 62) - 1, 1 << 62, "a table's values"),
    ("a form's column", named, AFTER - 1, AFTER, "a form names a column that does not"),
    ("a form's output", named, -1, -2, "a form names a column that does not"),
    ("a selected index", lambda n: affine(Term(1, X, (*BOTH, n)), dims=(45, 3, 2)), 1, 2, "selects an index"),
    ("a kind of axis", lambda n: affine(Term(1, X, (*BOTH, n)), dims=(45, 3, 2)), BROADCAST, -3, "selects an index"),
    (
        "factors",
        lambda n: vanish(*(Form((3,), (), 0),) * n),
        limits.MAX_FACTORS,
        limits.MAX_FACTORS + 1,
        "many factors",
    ),
    (
        "iteration axes",
        lambda n: moved(45, 3, *(1,) * (n - 2)),
        limits.MAX_ITERATION_AXES,
        limits.MAX_ITERATION_AXES + 1,
        "iteration axes",
    ),
    ("an iteration axis, from below", lambda n: moved(45, 3, n), 1, 0, "iteration axes"),
    ("iteration values", lambda n: moved(n), limits.MAX_PRODUCTS, limits.MAX_PRODUCTS + 1, "too many iteration values"),
    ("a norm, from below", lambda n: contraction(0, norm=n), 0, -1, "a contraction's norm"),
    ("a norm", lambda n: contraction(0, norm=n), (1 << 63) - 1, 1 << 63, "a contraction's norm"),
    ("an axis that is read", lambda n: stepping(Index(3, ((n, 1),), 0)), 8, 9, "an axis that does not exist"),
    (
        "an axis that is read, from below",
        lambda n: stepping(Index(3, ((n, 1),), 0)),
        0,
        -1,
        "an axis that does not exist",
    ),
    (
        "iteration values of an axis",
        lambda n: stepping(Index(3, ((4, 1),), 0), extents=at_extent(4, n)),
        GRID,
        GRID + 1,
        "reads too many positions",
    ),
    ("an offset", lambda n: stepping(Index(3, ((4, 1),), n)), GRID, GRID + 1, "extent or offset"),
    ("an offset, from below", lambda n: stepping(Index(3, ((4, 1),), n)), -GRID, -GRID - 1, "extent or offset"),
    ("a step, from below", lambda n: stepping(Index(3, ((4, n),), 0)), 1, 0, "a coordinate's step"),
    ("a step", lambda n: stepping(Index(3, ((5, n),), 0)), GRID, GRID + 1, "a coordinate's step"),
    (
        "the reach of an axis",
        lambda n: stepping(Index(3, ((0, n - 1),), 0)),
        GRID,
        GRID + 1,
        "reach too far",
    ),
    ("an input's column", lambda n: hidden(column=n, shape=(4, 3)), LIMB, AFTER, "stands in no relation"),
    ("an input's column, from below", lambda n: hidden(column=n), 0, -1, "stands in no relation"),
    ("an input's range, from below", lambda n: hidden(lo=n), -5, -4, "input input declares the range"),
    ("an input's range", lambda n: hidden(hi=n), 4, 3, "input input declares the range"),
    ("a column's declared range, from below", lambda n: column("input", lo=n), -5, -4, "column input declares the"),
    ("a column's declared range", lambda n: column("input", hi=n), 4, 3, "column input declares the range"),
    ("a column's magnitude", lambda n: column("conv1.bias", hi=n), HALF - 1, HALF, "column conv1.bias can reach"),
    ("a column's magnitude, from below", lambda n: column("conv1.bias", lo=n), 1 - HALF, -HALF, "conv1.bias can reach"),
]


def at_extent(axis: int, extent: int) -> tuple[int, ...]:
    """Return the convolution's iteration axes with one changed."""
    return (*CONVOLUTION.extents[:axis], extent, *CONVOLUTION.extents[axis + 1 :])


@pytest.mark.parametrize(("make", "last", "first", "words"), [pytest.param(*edge[1:], id=edge[0]) for edge in EDGES])
def test_rejects_a_statement_beyond_the_limit_and_not_at_it(make, last, first, words):
    assert words not in refusal(make(last))
    assert words in refusal(make(first))


# (name, statement, what the message says): what has no number.
ODD: list[tuple[str, Callable[[], Statement], str]] = [
    (
        "multiplicities beside values",
        lambda: column("table1.multiplicities", dims=(8,), row=HONEST.columns[number("relu2.limb0")].row, offset=8),
        "a row holds multiplicities and other columns",
    ),
    (
        "an access of weights that misses an axis",
        lambda: contraction(0, left_access=()),
        "does not fit",
    ),
    (
        "an access of no left operand",
        lambda: contraction(1, left_access=CONVOLUTION.left_access),
        "without weights has a norm or an access",
    ),
    (
        "an input of weights",
        lambda: hidden(column=number("conv1.kernel"), shape=(3, 3, 2, 1)),
        "input input stands in no relation",
    ),
    (
        "an input that is looked up only",
        lambda: replace(one_more_limb(), inputs=hidden(column=len(HONEST.columns), shape=(4, 3)).inputs),
        "input input stands in no relation",
    ),
    ("an input counted from the end", lambda: replace(one_more_limb(), inputs=FROM_END), "stands in no relation"),
    ("no output", lambda: replace(HONEST, outputs=()), "no public output, or too many"),
    ("an axis of no coordinate", lambda: access("right", 1), "merges more than two coordinates"),
    (
        "negative extents that multiply to the axis",
        lambda: access("right", 0, *(replace(index, extent=-index.extent) for index in CONVOLUTION.right_access[0])),
        "a coordinate's extent or offset",
    ),
    ("an output index that is reached twice", lambda: kept(Index(3, ((4, 1), (5, 1)), 0), 2), "adds several kept"),
    ("an output index that is just reached twice", lambda: kept(Index(3, ((4, 1), (5, 2)), 0), 2), "adds several kept"),
]


# As an output's index, -1 stands in a relation; as a column's, it would be the last one.
FROM_END = hidden(column=-1, shape=(4, 3)).inputs


def one_more_limb() -> Statement:
    """Return the honest statement with a ranged column more, the last one, in a row of its own."""
    last = replace(HONEST.columns[LIMB], name="last", row=HONEST.witness_rows)
    more = more_lookups(Lookup(1, ((len(HONEST.columns), 1),)))
    return replace(more, columns=(*HONEST.columns, last), witness_rows=HONEST.witness_rows + 1)


def kept(coordinate: Index, extent: int) -> Statement:
    """Change how the convolution's output reads its channels, of axis 4 and of axis 5 with this extent."""
    changed = access("out", 3, coordinate).contractions[0]
    return contraction(0, out_access=changed.out_access, extents=at_extent(5, extent))


@pytest.mark.parametrize(("make", "words"), [pytest.param(*case[1:], id=case[0]) for case in ODD])
def test_rejects_a_statement_when_it_has(make, words):
    assert words in refusal(make())


def test_takes_a_ranged_column_more():
    assert refusal(one_more_limb()) == ""


def test_a_form_names_each_output_by_its_own_extents():
    two = displayed(2)
    for index, dims in ((-1, (3,)), (-2, (2,))):
        form = affine(Term(1, index, (ALONG,)), dims=dims).affines[-1]
        assert "lays a tensor" not in refusal(replace(two, affines=(*two.affines, form)))
        wrong = affine(Term(1, index, (ALONG,)), dims=(4,)).affines[-1]
        assert "lays a tensor" in refusal(replace(two, affines=(*two.affines, wrong)))


@pytest.mark.parametrize(("step", "extent"), [(3, 2), (2, 1), (1, 1)])
def test_takes_an_output_index_that_is_reached_once(step, extent):
    assert "adds several kept" not in refusal(kept(Index(3, ((4, 1), (5, step)), 0), extent))


def test_rejects_a_statement_when_its_contractions_have_too_many_products_together(monkeypatch):
    assert LAYOUT.num_products > max(prod(relation.extents) for relation in HONEST.contractions)
    monkeypatch.setattr(limits, "MAX_PRODUCTS", LAYOUT.num_products)
    assert refusal(HONEST) == ""
    monkeypatch.setattr(limits, "MAX_PRODUCTS", LAYOUT.num_products - 1)
    assert "the contractions have too many products" in refusal(HONEST)
