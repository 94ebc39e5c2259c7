"""Cells that no tensor holds are not zero: behind the last row, beside inner axes, around slots."""

from collections.abc import Iterator
from functools import partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import mixed
from attacks.prover import forge
from attacks.witnesses import CONVOLUTION, LOOKUP, MOVEMENT
from attacks.worlds import anew, without_claims

FOLDING = "folding, end"


def padded(cells: dict[tuple[int, int], int]) -> Forged:
    """Prove the honest witness with a few cells of A, (row, cell), changed."""
    made, x = mixed()
    made = anew(made)

    def fill(edited: Cells) -> None:
        for (row, cell), value in cells.items():
            edited.add_cell(row, cell, value)

    return forge(made, corrupted(made, made.witness(x), fill, recount=False)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    without = partial(without_claims, "padding")
    alone = {
        "a fourth channel of the input": {(0, 3): 1},
        "fourth channels that add up to zero": {(0, 3): 1, (0, 7): -1},
        "limbs whose padding makes up zero": {(12, 3): 16, (13, 3): -1},
        "a cell after a slot": {(22, 8): 1},
    }
    for name, cells in alone.items():
        yield Attack(name, partial(padded, cells), broken=(FOLDING,), relation="padding", without=without)
    # What relations read as zero does not fit them either.
    for name, cell, others in (
        ("a position after the input's last", (11, 4), ()),
        ("the last cell of the input's last row", (11, 15), ()),
        ("a fourth channel of a limb", (12, 3), (CONVOLUTION, MOVEMENT)),
        ("a cell after the counts", (31, 10), (LOOKUP,)),
    ):
        yield Attack(name, partial(padded, {cell: 1}), broken=(*others, FOLDING), relation="padding")
