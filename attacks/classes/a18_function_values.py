"""A committed value is not the function of its argument that a table states."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.handmade import handmade, publish, written
from attacks.networks import Made
from attacks.prover import forge
from attacks.witnesses import LOOKUP, stopped
from zkinfer.program.builder import Builder

SQUARES = np.array([4, 1, 0, 1, 4])
"""x^2 for x = -2 .. 2."""
ARGUMENTS = (-2, 0, 1, 2)


def squaring() -> Made:
    """State y = x^2 for four hidden x in -2 .. 2; a second table has the rows of x in -2 .. 2 and 3 x."""
    builder = Builder(4)
    _, image = builder.applied("square", (4,), -2, SQUARES)
    builder.applied("triple", (4,), -2, 3 * np.arange(-2, 3))
    publish(builder, image, 6)
    return handmade(builder)


def honest(cells: Cells) -> None:
    """Write the squares of the arguments, and their triples."""
    for index, x in enumerate(ARGUMENTS):
        cells.set("square.argument", (index,), x)
        cells.set("square", (index,), x * x)
        cells.set("triple.argument", (index,), x)
        cells.set("triple", (index,), 3 * x)


def squared(edit: Callable[[Cells], None], outputs: tuple[int, ...]) -> Forged:
    """Prove an edit of the honest witness, with these outputs; a lookup is counted where its argument is a row."""
    made = squaring()

    def fill(cells: Cells) -> None:
        honest(cells)
        cells.recount()
        edit(cells)

    return forge(made, written(made, outputs, fill, recount=False)).sent(about_witness=True)


def image_of_another_row(cells: Cells) -> None:
    """2 has the square of 1."""
    cells.set("square", (3,), 1)


def image_of_no_row(cells: Cells) -> None:
    """1 has the square 2, which no argument has."""
    cells.set("square", (2,), 2)


def argument_beyond(cells: Cells) -> None:
    """3 has the square 4; it counts as 2 does."""
    cells.set("square.argument", (3,), 3)


def image_of_another_table(cells: Cells) -> None:
    """2 has the square 6, its triple: a row of the other table, and counted there."""
    cells.set("square", (3,), 6)
    cells.add("table1.multiplicities", (4,), -1)
    cells.add("table2.multiplicities", (4,), 1)


def exchanged(cells: Cells) -> None:
    """The square of 1 is -2 + 3: argument and square change places, (1, 1) is (1, 1); of (-2, 4) it is (4, -2)."""
    cells.set("square.argument", (0,), 4)
    cells.set("square", (0,), -2)


def two_errors(cells: Cells) -> None:
    """1 has the square 4, and 2 the square 1: the same arguments, and the same squares, in other pairs."""
    cells.set("square", (2,), 4)
    cells.set("square", (3,), 1)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    cases: tuple[tuple[str, Callable[[Cells], None], tuple[int, ...], str], ...] = (
        ("value of another argument", image_of_another_row, (4, 0, 1, 1), "lookup 0: column square "),
        ("value of no argument", image_of_no_row, (4, 0, 2, 4), "lookup 0: column square "),
        ("argument outside of its table", argument_beyond, (4, 0, 1, 4), "lookup 0: column square.argument"),
        ("value of another function", image_of_another_table, (4, 0, 1, 6), "lookup 0: column square "),
        ("argument and value exchanged", exchanged, (-2, 0, 1, 4), "lookup 0: column square.argument"),
        ("values of two arguments exchanged", two_errors, (4, 0, 4, 1), "lookup 0: column square "),
    )
    for name, edit, outputs, relation in cases:
        yield stopped(name, partial(squared, edit, outputs), LOOKUP, relation=relation)
