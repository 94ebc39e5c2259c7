"""Counts behind the end of a table admit the value zero, which the leaves of its padding hold."""

from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import Setup, network, setup
from attacks.prover import forge
from attacks.worlds import anew, without_claims
from zkinfer.graph.graph import FullyConnected
from zkinfer.program.lower import Plan


@cache
def positive() -> Setup:
    """The sum of two inputs of 1..10."""
    graph, _ = network(31, (2,), FullyConnected(np.array([[1, 1]])))
    return setup(graph, plan=Plan(4, 4, frozenset()), input_range=(1, 10))


def zero_admitted(at: dict[int, int]) -> Forged:
    """Prove that 0 + 3 = 3, where 0 is no input; counts: of the table's leaves, real or not."""
    made = anew(positive())

    def edit(cells: Cells) -> None:
        cells.set("input", (0,), 0)
        cells.outputs = ((3,),)
        cells.recount()
        column = cells.column("table1.multiplicities")
        for cell, count in at.items():
            cells.add_cell(column.row, column.offset + cell, count)

    witness = corrupted(made, made.witness(np.array([1, 3])), edit, recount=False)
    return forge(made, witness).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    without = partial(without_claims, "padding")
    cases = {"one count in the padding": {10: 1}, "counts in the padding that add up to one": {12: 5, 15: -4}}
    for name, at in cases.items():
        yield Attack(name, partial(zero_admitted, at), broken=("folding, end",), relation="padding", without=without)
