"""Values that come twice: lookups counted as a set, and a table row that its own padding repeats."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import rectified
from attacks.prover import forge
from attacks.witnesses import LOOKUP, edited
from attacks.worlds import anew, without_claims


def counted_once(cells: Cells) -> None:
    """A row that is looked up several times counts once."""
    for row in range(16):
        cells.set("table2.multiplicities", (row,), min(1, cells.get("table2.multiplicities", (row,))))


def count_in_a_repeated_row() -> Forged:
    """The count of the value 0 moves to padding behind the table -5..4: there the leaves hold 0 under the same id."""
    made, _ = rectified()
    made = anew(made)
    honest = made.witness(np.array([0, 2]))

    def move(cells: Cells) -> None:
        column = cells.column("table1.multiplicities")
        cells.add_cell(column.row, column.offset + 5, -1)
        cells.add_cell(column.row, column.offset + 10, 1)

    return forge(made, corrupted(made, honest, move, recount=False)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield edited("lookups counted as a set", counted_once, LOOKUP, relation="table 2", network=rectified, recount=False)
    yield Attack(
        "a count in padding that repeats a row",
        count_in_a_repeated_row,
        broken=("folding, end",),
        relation="padding",
        without=partial(without_claims, "padding"),
    )
