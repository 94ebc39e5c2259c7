"""Each guard of a statement's validity: a statement that breaks it is refused with UsageError, which names it.

The statement is public, but its author may be hostile: whoever checks a proof against it relies on these guards.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from attacks.networks import mixed, tiny
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement import limits
from zkinfer_verify.statement.bounds import enforced_range, magnitude
from zkinfer_verify.statement.column import Column, Oracle, Role
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Affine, Contraction, Form, Index, Lookup, Term, Vanish
from zkinfer_verify.statement.statement import Statement

HONEST = mixed()[0].statement


def at(items: tuple[Any, ...], index: int, **changes: Any) -> tuple[Any, ...]:
    """Return a tuple with one dataclass changed."""
    return (*items[:index], replace(items[index], **changes), *items[index + 1 :])


def number(name: str) -> int:
    """Return a column's index by name."""
    return next(k for k, column in enumerate(HONEST.columns) if column.name == name)


def column(name: str, **changes: Any) -> Statement:
    """Change one column."""
    return replace(HONEST, columns=at(HONEST.columns, number(name), **changes))


def contraction(index: int, **changes: Any) -> Statement:
    """Change one contraction."""
    return replace(HONEST, contractions=at(HONEST.contractions, index, **changes))


def output(**changes: Any) -> Statement:
    """Change the public output."""
    return replace(HONEST, outputs=at(HONEST.outputs, 0, **changes))


def hidden(**changes: Any) -> Statement:
    """Change the hidden input."""
    return replace(HONEST, inputs=at(HONEST.inputs, 0, **changes))


def table(index: int, **changes: Any) -> Statement:
    """Change one table."""
    return replace(HONEST, tables=at(HONEST.tables, index, **changes))


def more_lookups(*lookups: Lookup) -> Statement:
    """Add lookups."""
    return replace(HONEST, lookups=HONEST.lookups + lookups)


def without_lookup(name: str, scale: int) -> Statement:
    """Drop one lookup of a column."""
    dropped = ((number(name), scale),)
    return replace(HONEST, lookups=tuple(one for one in HONEST.lookups if one.components != dropped))


def affine(*terms: Term, dims: tuple[int, ...] = (45, 3), constant: int = 0) -> Statement:
    """Add an affine relation."""
    return replace(HONEST, affines=(*HONEST.affines, Affine(Form(dims, terms, constant))))


def vanish(*factors: Form) -> Statement:
    """Add a vanish relation."""
    return replace(HONEST, vanishes=(*HONEST.vanishes, Vanish(factors)))


def access(side: str, axis: int, *coordinates: Index, relation: int = 0) -> Statement:
    """Change how a contraction reads one axis of a tensor."""
    whole = list(getattr(HONEST.contractions[relation], f"{side}_access"))
    whole[axis] = coordinates
    return contraction(relation, **{f"{side}_access": tuple(whole)})


def wide_columns() -> list[Column]:
    """Return two columns that claim all rows of A."""
    cells = HONEST.witness_rows << HONEST.row_vars
    return [replace(HONEST.columns[X], name=f"wide{k}", dims=(cells,), row=0) for k in (0, 1)]


def weights_only_as_a_sum() -> Statement:
    """Add a tensor of weights, in a row of its own, that stands in one form only: the sum of it and another."""
    bias = HONEST.columns[number("conv1.bias")]
    more = replace(bias, name="more", row=HONEST.weight_rows, offset=bias.offset)
    statement = replace(HONEST, columns=(*HONEST.columns, more), weight_rows=HONEST.weight_rows + 1)
    terms = (Term(1, number("conv1.bias"), (ALONG,)), Term(1, len(HONEST.columns), (ALONG,)))
    return replace(statement, affines=(*HONEST.affines, Affine(Form(bias.dims, terms, 0))))


def movement() -> Contraction:
    """Return a relation that moves the input's entries: the input equals itself."""
    plain = tuple((Index(extent, ((axis, 1),), 0),) for axis, extent in enumerate((45, 3)))
    form = Form((45, 3), (Term(1, X, BOTH),), 0)
    return Contraction((45, 3), form, plain, None, (), form, plain, 1)


def more_contractions(relation: Contraction, norm: int) -> Statement:
    """Add a contraction with a norm."""
    return replace(HONEST, contractions=(*HONEST.contractions, replace(relation, norm=min(norm, 2**63 - 1))))


X = number("input")
BOTH = (ALONG, ALONG)
CONVOLUTION: Contraction = HONEST.contractions[0]
POSITIONS = CONVOLUTION.right_access[0]
# Two indices of one stacked axis exclude each other; an index of another axis meets both.
MIXED = ((*BOTH, 0, BROADCAST), (*BOTH, 1, BROADCAST), (*BOTH, BROADCAST, 1))
HUGE = Form((45, 3), (Term((P // 2) // 5 + 1, X, BOTH),), 0)

# (name, statement, what the message says)
CASES: list[tuple[str, Callable[[], Statement], str]] = [
    # -- ranges --
    ("no lookup at all", lambda: replace(HONEST, lookups=()), "nothing is looked up"),
    ("a range that no lookup enforces", lambda: without_lookup("relu1.limb0", 1), "not enforced|no lookup leaf"),
    ("a limb that is looked up scaled only", lambda: without_lookup("relu1.limb1", 1), "in no lookup of scale 1"),
    ("an exact limb that is looked up unscaled only", lambda: without_lookup("relu1.limb1", 4), "its lookups enforce"),
    ("a range narrower than enforced", lambda: column("relu1.limb0", hi=14), "its lookups enforce 0..15"),
    ("a range above the enforced one", lambda: column("relu1.limb0", lo=1), "its lookups enforce 0..15"),
    ("an empty range", lambda: column("relu1.limb0", lo=3, hi=2), "empty range"),
    ("an input range narrower than enforced", lambda: hidden(lo=-4), "its lookups enforce -5..4"),
    ("a column looked up twice in one table", lambda: more_lookups(Lookup(1, ((number("relu1.limb0"), 1),))), "twice"),
    ("a column looked up in two tables", lambda: more_lookups(Lookup(0, ((number("relu1.limb0"), 1),))), "twice"),
    (
        "a scaled lookup that can wrap",
        lambda: more_lookups(Lookup(1, ((number("relu1.limb0"), 1 << 61),))),
        "a lookup of column relu1.limb0 can reach",
    ),
    ("a lookup's scale of zero", lambda: more_lookups(Lookup(1, ((X, 0),))), "a lookup's scale"),
    ("a negative scale", lambda: more_lookups(Lookup(1, ((X, -1),))), "a lookup's scale"),
    ("an enormous scale", lambda: more_lookups(Lookup(1, ((X, 1 << 62),))), "a lookup's scale"),
    ("a lookup in no table", lambda: more_lookups(Lookup(2, ((X, 2),))), "a table that does not exist"),
    ("a lookup of no column", lambda: more_lookups(Lookup(1, ((999, 2),))), "a column that does not exist"),
    ("a lookup of two columns", lambda: more_lookups(Lookup(1, ((X, 2), (X, 3)))), "width differs"),
    ("a lookup of weights", lambda: more_lookups(Lookup(1, ((number("conv1.kernel"), 1),))), "cannot be looked up"),
    (
        "a lookup of multiplicities",
        lambda: more_lookups(Lookup(1, ((number("table1.multiplicities"), 1),))),
        "cannot be looked up",
    ),
    # -- p/2 --
    ("weights that reach p/2", lambda: column("conv1.kernel", hi=P // 2), "column conv1.kernel can reach"),
    ("an affine form that reaches p/2", lambda: affine(*HUGE.terms), "affine 1 can reach"),
    ("a constant that reaches p/2", lambda: affine(Term(1, X, BOTH), constant=P // 2), "affine 1 can reach"),
    ("a factor that reaches p/2", lambda: vanish(HUGE), "a factor of vanish 3 can reach"),
    ("an output of a sum that reaches p/2", lambda: output(bound=P // 2), "output of contraction 2 can reach"),
    ("a norm that reaches p/2", lambda: contraction(0, norm=P // 10 + 1), "sum of contraction 0 can reach"),
    (
        "a right operand that reaches p/2",
        lambda: contraction(0, right=HUGE),
        "right operand of contraction 0 can reach",
    ),
    (
        "a right operand that reaches p/2 beside weights of norm zero",
        lambda: contraction(0, norm=0, right=HUGE),
        "right operand of contraction 0 can reach",
    ),
    (
        "a norm that reaches p/2 beside values",
        lambda: more_contractions(replace(movement(), left=movement().right, left_access=movement().right_access), P),
        "sum of contraction 3 can reach",
    ),
    ("a scale that fits a limb only", lambda: more_lookups(Lookup(1, ((number("relu1.limb1"), P // 8),))), "can reach"),
    (
        "terms that reach p/2 together on different axes",
        lambda: affine(*(Term(P // 28, X, axes) for axes in MIXED), dims=(45, 3, 2, 2)),
        "affine 1 can reach",
    ),
    # -- columns and rows --
    ("overlapping columns", lambda: column("max_pool2.limb0", offset=0, row=0), "overlap|lookup leaf"),
    ("overlapping slots", lambda: column("relu2.limb0", offset=0, row=HONEST.columns[13].row), "overlap"),
    ("a column that is not aligned", lambda: column("max_pool2.limb0", offset=4), "not aligned"),
    ("a column outside of its row", lambda: column("max_pool2.limb0", offset=16), "not aligned"),
    ("a column below the first row", lambda: column("input", row=-1), "outside of its oracle's rows"),
    ("a column beyond the last row", lambda: column("input", row=HONEST.witness_rows - 2), "outside of its oracle's"),
    ("weights in A", lambda: column("conv1.kernel", oracle=Oracle.WITNESS), "wrong oracle"),
    ("values in W", lambda: column("input", oracle=Oracle.WEIGHTS), "wrong oracle"),
    (
        "a row of A in no leaf",
        lambda: replace(HONEST, witness_rows=HONEST.witness_rows + 1),
        "stands in no lookup leaf",
    ),
    ("a row of W in no relation", lambda: replace(HONEST, weight_rows=HONEST.weight_rows + 1), "in no relation"),
    (
        "weights that no relation names",
        lambda: contraction(0, left=replace(CONVOLUTION.left, terms=())),
        "a row of W stands alone in no relation",
    ),
    ("an extent of zero", lambda: column("input", dims=(0, 3)), "has extents"),
    ("too many axes", lambda: column("input", dims=(45, *(1,) * 8)), "has extents"),
    ("an enormous tensor", lambda: column("input", dims=(1 << 33,)), "has extents"),
    ("no rows", lambda: replace(HONEST, witness_rows=0), "too many rows, or none"),
    ("too many rows", lambda: replace(HONEST, weight_rows=limits.MAX_ROWS + 1), "too many rows"),
    ("rows outside of the profile", lambda: replace(HONEST, row_vars=5), "not in profile"),
    ("a profile that does not exist", lambda: replace(HONEST, profile="fast"), "is unknown"),
    ("a short digest", lambda: replace(HONEST, model_id=bytes(31)), "32 bytes"),
    ("a short root", lambda: replace(HONEST, weight_root=b""), "32 bytes"),
    # -- tables --
    ("a table without multiplicities", lambda: table(0, multiplicities=X), "one to one"),
    ("two tables with one column of multiplicities", lambda: table(0, multiplicities=25), "one to one"),
    (
        "multiplicities of no table",
        lambda: column("relu2.limb0", role=Role.MULTIPLICITY),
        "one to one|holds multiplicities",
    ),
    ("multiplicities of another size", lambda: table(1, size=17), "differ from their table in size"),
    ("an empty table", lambda: table(1, size=0), "a table of 0 rows"),
    ("an enormous table", lambda: table(1, size=limits.MAX_TABLE_ROWS + 1), "a table of"),
    ("a table near p/2", lambda: table(1, lo=1 << 62), "a table's values"),
    # -- sizes, before anything is enumerated --
    ("a lookup of nothing", lambda: more_lookups(Lookup(1, ())), "no components"),
    ("a product of nothing", lambda: vanish(), "no factors"),
    (
        "more columns than rows",
        lambda: replace(HONEST, columns=(*HONEST.columns, *wide_columns())),
        "they need more rows",
    ),
    ("products without end", lambda: vanish(Form((1 << 16, 1 << 16), (), 1)), "too many lookups and products"),
    (
        "rows of lookups without end",
        lambda: more_lookups(*(Lookup(1, ((X, scale),)) for scale in range(2, 2 + limits.MAX_LEAF_ROWS // 8))),
        "too many rows of lookups",
    ),
    ("a tensor without axes", lambda: column("conv1.bias", dims=()), "has extents"),
    # -- claims that could cancel --
    ("a term that cancels another", lambda: affine(Term(1, X, BOTH), Term(-1, X, BOTH)), "twice in one place"),
    ("weights that are claimed only as a sum", lambda: weights_only_as_a_sum(), "stands alone in no relation"),
    ("an input twice", lambda: replace(HONEST, inputs=HONEST.inputs * 2), "two inputs are one column"),
    (
        "movement of data with a norm",
        lambda: replace(
            HONEST,
            contractions=tuple(replace(c, norm=2) if c.left is None else c for c in (*HONEST.contractions, movement())),
        ),
        "without weights has a norm",
    ),
    # -- forms --
    ("a form of a column that does not exist", lambda: affine(Term(1, 999, BOTH)), "does not exist"),
    ("a form of an output that does not exist", lambda: affine(Term(1, -2, BOTH)), "does not exist"),
    (
        "a form of multiplicities",
        lambda: affine(Term(1, number("table1.multiplicities"), (ALONG,)), dims=(10,)),
        "names multiplicities",
    ),
    ("a form too large when padded", lambda: affine(dims=(257, 257, 257, 129)), "a form has extents"),
    ("a coefficient of zero", lambda: affine(Term(0, X, BOTH)), "does not fit its axes"),
    ("a term of other axes", lambda: affine(Term(1, X, (ALONG,))), "does not fit its axes"),
    ("a form of other extents", lambda: affine(Term(1, X, BOTH), dims=(45, 4)), "along"),
    ("a broadcast in place of an axis", lambda: affine(Term(1, X, (ALONG, BROADCAST))), "along"),
    ("a selection outside of its axis", lambda: affine(Term(1, X, (*BOTH, 2)), dims=(45, 3, 2)), "selects an index"),
    ("an unknown kind of axis", lambda: affine(Term(1, X, (*BOTH, -3)), dims=(45, 3, 2)), "selects an index"),
    # -- relations --
    ("a vanish relation without factors", lambda: vanish(), "no factors"),
    ("too many factors", lambda: vanish(*(Form((45, 3), (Term(1, X, BOTH),), 0),) * 33), "too many"),
    (
        "factors of different extents",
        lambda: vanish(Form((45, 3), (Term(1, X, BOTH),), 0), Form((45,), (), 1)),
        "factors of a vanish relation differ",
    ),
    (
        "a contraction that reads a public output",
        lambda: contraction(2, right=Form((2, 3), (Term(1, -1, (BROADCAST, ALONG)),), 0)),
        "reads a public output",
    ),
    ("a negative norm", lambda: contraction(0, norm=-1), "norm"),
    ("an iteration axis of no extent", lambda: contraction(0, extents=(0, *CONVOLUTION.extents[1:])), "iteration axes"),
    (
        "an iteration axis that nothing reads",
        lambda: contraction(0, extents=(*CONVOLUTION.extents, 2)),
        "read by no operand",
    ),
    ("an access that misses an axis", lambda: contraction(0, right_access=(POSITIONS,)), "does not fit its tensor"),
    ("an access of another extent", lambda: access("right", 1, Index(4, ((4, 1),), 0)), "does not cover its axis"),
    ("three merged coordinates", lambda: access("right", 0, *POSITIONS, Index(1, ((0, 1),), 0)), "more than two"),
    (
        "an iteration axis in both coordinates of one axis",
        lambda: access("right", 0, POSITIONS[0], replace(POSITIONS[1], terms=POSITIONS[0].terms)),
        "reads an iteration axis twice",
    ),
    (
        "an iteration axis twice in a coordinate",
        lambda: access("right", 0, replace(POSITIONS[0], terms=POSITIONS[0].terms * 2), POSITIONS[1]),
        "reads an iteration axis twice",
    ),
    (
        "an iteration axis in two axes of a tensor",
        lambda: access("right", 1, Index(3, ((0, 1),), 0)),
        "read by two axes of one tensor",
    ),
    (
        "an output axis of two coordinates and one axis",
        lambda: access("out", 0, Index(1, (), 0), Index(3, ((0, 1),), 0), relation=2),
        "reads no iteration axis",
    ),
    ("an axis that does not exist", lambda: access("right", 1, Index(3, ((99, 1),), 0)), "an axis that does not exist"),
    ("a step of zero", lambda: access("right", 1, Index(3, ((4, 0),), 0)), "a coordinate's step"),
    ("a negative step", lambda: access("right", 1, Index(3, ((4, -1),), 0)), "a coordinate's step"),
    ("an enormous offset", lambda: access("right", 1, Index(3, ((4, 1),), 1 << 25)), "extent or offset"),
    (
        "two coordinates that reach too far together",
        lambda: access("right", 0, *(replace(c, terms=tuple((a, s << 11) for a, s in c.terms)) for c in POSITIONS)),
        "reach too far",
    ),
    ("movement without end", lambda: more_contractions(replace(movement(), extents=(1 << 20,) * 2), 1), "too many"),
    ("a coordinate that reaches too far", lambda: access("right", 1, Index(3, ((4, 1 << 23),), 0)), "reach too far"),
    (
        "an output coordinate that adds up entries",
        lambda: access("out", 0, replace(CONVOLUTION.out_access[0][0], terms=((0, 1), (1, 1))), Index(2, ((2, 1),), 0)),
        "adds several|read",
    ),
    # -- public facts --
    ("no public output", lambda: replace(HONEST, outputs=()), "no public output|does not exist"),
    (
        "a public output that no relation names",
        lambda: replace(HONEST, outputs=(*HONEST.outputs, replace(HONEST.outputs[0], name="free"))),
        "a public output stands in no relation",
    ),
    ("a negative bound", lambda: output(bound=-1), "output output"),
    ("an unknown display", lambda: output(epilogue="sigmoid"), "the display of output"),
    ("a display that nobody shows yet", lambda: output(epilogue="argmax"), "the display of output"),
    ("a scale that is no number", lambda: output(scale=float("nan")), "the display of output"),
    ("an input of negative extents", lambda: hidden(shape=(-9, -5, 3)), "differs from its column in size"),
    ("an input of other axes", lambda: hidden(shape=(9, 5, 3, *(1,) * 6)), "differs from its column in size"),
    ("an input of another size", lambda: hidden(shape=(9, 5, 4)), "differs from its column in size"),
    ("an input that no relation reads", lambda: hidden(column=number("table1.multiplicities")), "in no relation"),
    ("an input in no column", lambda: hidden(column=-1), "in no relation"),
]


def test_the_honest_statement_is_accepted():
    prepare(HONEST, allow_toy=True)
    prepare(tiny()[0].statement, allow_toy=True)


@pytest.mark.parametrize(("make", "match"), [pytest.param(make, match, id=name) for name, make, match in CASES])
def test_rejects_a_statement_when_it_has(make, match):
    with pytest.raises(UsageError, match=match):
        prepare.__wrapped__(make(), allow_toy=True)


def test_bounds_stop_exactly_below_half_of_p():
    limit = (P // 2 - 1) // 5
    prepare.__wrapped__(affine(Term(limit, X, BOTH)), allow_toy=True)
    with pytest.raises(UsageError, match="can reach"):
        prepare.__wrapped__(affine(Term(limit + 1, X, BOTH)), allow_toy=True)


def test_a_scaled_lookup_narrows_a_range_only_beside_an_unscaled_one():
    top = number("relu1.limb1")
    assert enforced_range(HONEST, top) == (0, 3)
    assert enforced_range(without_lookup("relu1.limb1", 4), top) == (0, 15)
    with pytest.raises(UsageError, match="in no lookup of scale 1"):
        enforced_range(without_lookup("relu1.limb1", 1), top)


def test_stacked_terms_exclude_each_other_only_on_the_same_axes():
    dims = (45, 3, 2, 2)

    def largest(*kinds: tuple[int, ...]) -> int:
        return magnitude(HONEST, Form(dims, tuple(Term(1, X, kind) for kind in kinds), 0))

    assert largest((-1, -1, -2, -2), (-1, -1, -2, -2)) == 10
    assert largest((-1, -1, 0, -2), (-1, -1, 1, -2)) == 5
    assert largest((-1, -1, 0, -2), (-1, -1, 0, -2)) == 10
    assert largest((-1, -1, 0, -2), (-1, -1, -2, 1)) == 10
    assert largest((-1, -1, 0, 0), (-1, -1, 0, 1), (-1, -1, -2, -2)) == 10


def test_a_statement_file_is_refused_when_it_is_damaged():
    data = HONEST.to_bytes()
    assert Statement.from_bytes(data).digest == HONEST.digest
    for wrong in (b"", data[:8], data[:-1], data + b"\0", b"X" + data[1:], data[:8] + b"\2" + data[9:]):
        with pytest.raises(UsageError):
            Statement.from_bytes(wrong)
    for byte in range(16, len(data), 101):
        changed = bytearray(data)
        changed[byte] ^= 0xFF
        try:
            read = Statement.from_bytes(bytes(changed))
        except UsageError:
            continue
        # What is read again is another statement, and it is either refused or has another name.
        assert read.digest != HONEST.digest
        assert read.to_bytes() == bytes(changed)
