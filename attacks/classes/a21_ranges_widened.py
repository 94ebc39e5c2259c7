"""A table of the statement holds more or other values than it may, and one of these is proved."""

from collections.abc import Iterator

import numpy as np

from attacks.attack import Attack
from attacks.classes.a07_rounding import filled, rounding
from attacks.handmade import written
from attacks.networks import rectified, setup
from attacks.statements import Pair, another_statement
from zkinfer.program.lower import Plan


def inputs() -> Pair:
    """Take inputs from -6 on, in place of -5."""
    honest, _ = rectified()
    wider = setup(honest.graph, plan=Plan(4, 4, frozenset()), input_range=(-6, 4))
    return honest, wider, wider.witness(np.array([-6, 2]))


def remainders() -> Pair:
    """Take remainders of 1..4 in a division by four, so that ties are rounded down."""
    pairs = [(0, 4), (-1, 4), (2, 1), (-2, 2)]
    return rounding(), rounding(1), written(rounding(1), tuple(y for y, _ in pairs), filled(pairs))


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield from another_statement("a wider input", inputs, "lookup 0")
    yield from another_statement("other remainders", remainders, "lookup 2")
