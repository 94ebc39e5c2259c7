"""A statement's relation holds mod p where it fails over the integers: each bound that `check_statement` computes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.handmade import handmade, publish, written
from attacks.prover import forge
from attacks.unsound import lenient, stated
from zkinfer.program.builder import Builder
from zkinfer.program.values import scaled
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.relations import Affine, Contraction, Form, Index, Lookup, Vanish

THIRD, FIFTH = (P - 1) // 3, (P - 1) // 5
"""3 * THIRD = 5 * FIFTH = -1 mod p, and both are far below p/2."""
DIMS = (4,)


def added(first: Form, second: Form) -> Form:
    """Return the sum of two forms of equal extents."""
    return Form(first.dims, first.terms + second.terms, first.constant + second.constant)


def third(relate: Callable[[Builder, Form], None], *, declared: int = 15) -> Forged:
    """Prove y = 1 from THIRD x + y = 0, of which x = y = 0 is the only solution over 0..15; mod p there is x = 3."""
    builder = Builder(4)
    x, y = (builder.in_table(name, DIMS, 0, 15) for name in "xy")
    relate(builder, added(scaled(x, THIRD), y))
    publish(builder, y, 15)
    honest = handmade(builder)
    narrowed = (replace(honest.statement.columns[0], hi=declared), *honest.statement.columns[1:])
    made = stated(honest, replace(honest.statement, columns=narrowed))

    def fill(cells: Cells) -> None:
        cells.set_all("x", 3)
        cells.set_all("y", 1)

    return forge(made, written(made, (1,) * 4, fill)).sent(about_witness=True)


def as_affine(builder: Builder, form: Form) -> None:
    """State that the form is zero."""
    builder.affines.append(("third", Affine(form)))


def as_factor(builder: Builder, form: Form) -> None:
    """State that the form is zero, as the one factor of a product."""
    builder.vanishes.append(("third", Vanish((form,))))


def scaled_lookup() -> Forged:
    """Prove the output 5, which is in -1..15; 5 FIFTH should be in -1..15 too, and is -1 mod p."""
    builder = Builder(4)
    value = builder.in_table("value", DIMS, -1, 15)
    builder.lookups.append(Lookup(0, ((value.terms[0].column, FIFTH),)))
    publish(builder, value, 15)
    honest = handmade(builder)
    narrowed = (replace(honest.statement.columns[0], lo=0, hi=0), *honest.statement.columns[1:])
    made = stated(honest, replace(honest.statement, columns=narrowed))

    def fill(cells: Cells) -> None:
        cells.set_all("value", 5)

    return forge(made, written(made, (5,) * 4, fill)).sent(about_witness=True)


def many_kept_indices() -> Forged:
    """Prove y = 1 from THIRD (x_02 + x_11 + x_20) + y = 0: three entries in one of an output, each bounded alone."""
    builder = Builder(4)
    x = builder.in_table("x", (9,), 0, 1)
    y = builder.in_table("y", (5,), 0, 15)
    rows, columns = Index(3, ((0, 1),), 0), Index(3, ((1, 1),), 0)
    diagonals = Index(5, ((0, 1), (1, 1)), 0)
    relation = Contraction((3, 3), scaled(y, -1), ((diagonals,),), None, (), scaled(x, THIRD), ((rows, columns),), 1)
    builder.contractions.append(("diagonals", relation))
    publish(builder, y, 15)
    honest = handmade(builder)
    made = stated(honest, honest.statement)

    def fill(cells: Cells) -> None:
        for place in (2, 4, 6):
            cells.set("x", (place,), 1)
        cells.set("y", (2,), 1)

    return forge(made, written(made, (0, 0, 1, 0, 0), fill)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    bounds = partial(lenient, "check_bounds")
    for name, forgery, stopped_by, relation, without in (
        ("an affine relation", partial(third, as_affine), "affine 0 can reach", "affine 0", bounds),
        ("a factor of a product", partial(third, as_factor), "a factor of vanish 0 can reach", "vanish 0", bounds),
        (
            "a range that no lookup enforces",
            partial(third, as_affine, declared=1),
            "declares the range",
            "affine 0",
            bounds,
        ),
        ("a scaled lookup", scaled_lookup, "a lookup of column value can reach", "lookup 1", bounds),
        (
            "kept indices that meet in one entry",
            many_kept_indices,
            "adds several kept indices",
            "contraction 0",
            partial(lenient, "_is_injective"),
        ),
    ):
        yield Attack(name, forgery, stopped_by, relation=relation, without=without)
