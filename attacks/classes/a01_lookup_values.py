"""A committed value lies outside of the table that it is looked up in."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import mixed
from attacks.prover import deleted, forge


def forged(edit: Callable[[Cells], None]) -> Forged:
    """Prove the honest witness but for an edit; multiplicities count what is in the table."""
    made, x = mixed()
    return forge(made, corrupted(made, made.witness(x), edit)).sent(about_witness=True)


def limb_negative(cells: Cells) -> None:
    """The value stays: (l, t) becomes (l - 16, t + 1)."""
    index = next(i for i in np.ndindex(4, 3) if cells.get("relu1.limb1", i) < 3)
    cells.add("relu1.limb0", index, -16)
    cells.add("relu1.limb1", index, 1)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    names = ("lookups, layer 0",)
    yield Attack(
        "limb of -1",
        partial(forged, limb_negative),
        broken=names,
        relation="lookup",
        without=partial(deleted, *names),
    )
