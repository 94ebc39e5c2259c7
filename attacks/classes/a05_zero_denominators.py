"""Denominators of the lookup fractions are made zero: 0/0 adds up with anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from attacks.attack import Attack
from attacks.cells import Cells
from attacks.networks import rectified
from attacks.witnesses import LOOKUP, proved
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import inverse
from zkinfer_verify.transcript.transcript import Transcript

VALUE, LIMBS_ID = 1000, 2
GUESS = {"lookup beta": Ext(3, 5), "lookup alpha": Ext(3, 5) * VALUE + LIMBS_ID}
"""The challenges for which a looked-up value of 1000 has the denominator alpha - id - beta * 1000 = 0."""


@contextmanager
def as_guessed() -> Iterator[None]:
    """Draw the challenges that the prover guessed before it committed."""
    draw = Transcript.challenge
    with patch.object(Transcript, "challenge", lambda tx, label: GUESS.get(label, draw(tx, label))):
        yield


def values_at_the_guess(cells: Cells, *, count: int) -> None:
    """Some lower limbs become 1000; the upper ones take it back mod p."""
    for index in range(count):
        excess = cells.get("relu1.limb0", (index,)) - VALUE
        cells.set("relu1.limb0", (index,), VALUE)
        cells.add("relu1.limb1", (index,), excess * inverse(16))


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack(
        "two values at a guessed alpha",
        partial(proved, rectified, partial(values_at_the_guess, count=2)),
        broken=(LOOKUP,),
        relation="lookup 1",
        without=as_guessed,
    )
