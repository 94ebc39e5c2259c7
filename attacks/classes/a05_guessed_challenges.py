"""The prover knows alpha and beta before it commits: 0/0 adds up with anything, and counts can be solved for."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from attacks.attack import Attack
from attacks.cells import Cells
from attacks.networks import rectified
from attacks.witnesses import LOOKUP, proved
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.field.prime import P, inverse
from zkinfer_verify.transcript.transcript import Transcript

VALUE, LIMBS_ID = 1000, 2
BETA = Ext(3, 5)
POLE = BETA * VALUE + LIMBS_ID
"""The alpha for which a looked-up value of 1000 has the denominator alpha - id - beta * 1000 = 0."""
ALPHA = Ext(7, 11)
"""Some alpha."""


@contextmanager
def as_guessed(alpha: Ext) -> Iterator[None]:
    """Draw the challenges that the prover guessed."""
    draw, guess = Transcript.challenge, {"lookup alpha": alpha, "lookup beta": BETA}
    with patch.object(Transcript, "challenge", lambda tx, label: guess.get(label, draw(tx, label))):
        yield


def lower_limb(cells: Cells, index: int, value: int) -> None:
    """Set a lower limb; the upper one takes it back mod p."""
    excess = cells.get("relu1.limb0", (index,)) - value
    cells.set("relu1.limb0", (index,), value)
    cells.add("relu1.limb1", (index,), excess * inverse(16))


def zero_denominators(cells: Cells) -> None:
    """Two lower limbs become 1000: of two denominators zero, the sum of all fractions is 0/0."""
    for index in (0, 1):
        lower_limb(cells, index, VALUE)


def fraction(value: int) -> Ext:
    """Return 1 / (alpha - id - beta value) of the limbs' table."""
    return (ALPHA - LIMBS_ID - BETA * value).inverse()


def solved_counts(cells: Cells) -> None:
    """A lower limb becomes 999; two counts are changed so that at these challenges the fractions add up to zero."""
    lower_limb(cells, 0, VALUE - 1)
    cells.recount()
    upper = cells.get("relu1.limb1", (0,))
    target = ZERO
    for value in (VALUE - 1, upper, 4 * upper):
        target = target + fraction(value)
    # m fraction(0) + n fraction(1) = target has one solution in F: two coordinates, two counts.
    (a, b), (c, d), (e, f) = fraction(0), fraction(1), target
    scale = inverse((a * d - b * c) % P)
    cells.add("table2.multiplicities", (0,), (e * d - f * c) * scale)
    cells.add("table2.multiplicities", (1,), (a * f - b * e) * scale)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    for name, edit, alpha in (
        ("denominators of zero", zero_denominators, POLE),
        ("counts solved for", solved_counts, ALPHA),
    ):
        forge = partial(proved, rectified, edit, recount=False)
        without = partial(as_guessed, alpha)
        yield Attack(name, forge, broken=(LOOKUP,), relation="lookup 1", without=without)
