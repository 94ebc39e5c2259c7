"""A contraction reads a tensor so that the reduction computes something else than what is stated."""

from collections.abc import Iterator
from functools import partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.handmade import handmade, publish, written
from attacks.prover import forge
from attacks.unsound import lenient, stated
from zkinfer.program.builder import Builder
from zkinfer_verify.statement.relations import Contraction, Index

SIDE = 3


def diagonal() -> Forged:
    """State that y is the diagonal of x, by one axis in both coordinates; the reduction reads the first row of x."""
    builder = Builder(4)
    x = builder.in_table("x", (SIDE * SIDE,), 0, 15)
    y = builder.in_table("y", (SIDE,), 0, 15)
    along = Index(SIDE, ((0, 1),), 0)
    builder.contractions.append(("diagonal", Contraction((SIDE,), y, ((along,),), None, (), x, ((along, along),), 1)))
    publish(builder, y, 15)
    honest = handmade(builder)
    made = stated(honest, honest.statement)

    def fill(cells: Cells) -> None:
        for k in range(SIDE):
            cells.set("x", (k,), 7 + k)
            cells.set("y", (k,), 7 + k)

    return forge(made, written(made, (7, 8, 9), fill)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack(
        "one iteration axis in both coordinates",
        diagonal,
        "an axis of a tensor reads an iteration axis twice",
        relation="contraction 0",
        without=partial(lenient, "_check_access"),
    )
