"""A committed value lies outside of the table that it is looked up in."""

from collections.abc import Iterator
from functools import partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.networks import rectified
from attacks.prover import forge
from attacks.witnesses import LOOKUP, beyond_range, edited, stopped
from zkinfer_verify.field.prime import inverse


def limb_negative(cells: Cells) -> None:
    """The value 23 stays: (7, 1) becomes (7 - 16, 2)."""
    cells.add("relu1.limb0", (1,), -16)
    cells.add("relu1.limb1", (1,), 1)


def limb_full(cells: Cells) -> None:
    """The value 23 stays: (7, 1) becomes (7 + 16, 0)."""
    cells.add("relu1.limb0", (1,), 16)
    cells.add("relu1.limb1", (1,), -1)


def limb_fraction(cells: Cells) -> None:
    """The value 9 stays, for 16 * 1/2 = 8: (9, 0) becomes (1, 1/2 mod p)."""
    cells.add("relu1.distance0.limb0", (0,), -8)
    cells.set("relu1.distance0.limb1", (0,), inverse(2))


def input_of(entry: int) -> Forged:
    """Prove an input beyond its range."""
    return forge(*beyond_range(entry)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield edited("limb under zero", limb_negative, LOOKUP, relation="lookup 1", network=rectified)
    yield edited("limb over 15", limb_full, LOOKUP, relation="lookup 1", network=rectified)
    yield edited("limb of 1/2 mod p", limb_fraction, LOOKUP, relation="lookup 5", network=rectified)
    yield stopped("input below its range", partial(input_of, -6), LOOKUP, relation="lookup 0")
    yield stopped("input above its range", partial(input_of, 5), LOOKUP, relation="lookup 0")
