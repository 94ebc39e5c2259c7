"""Ties to even, as floating point rounds: for shifts so short that ties are common.

x + half = 2^shift q + rest,    0 <= rest <= 2^shift,    rest in {0, 2^shift} only beside an even q
"""

from __future__ import annotations

import numpy as np

from zkinfer.network.lowering import Lowering
from zkinfer.network.operation import Integers, Record
from zkinfer.network.view import View
from zkinfer_verify.statement.relations import Form, Vanish


def settle(quotient: Integers, rest: Integers, shift: int, record: Record) -> Integers:
    """Return quotients whose ties are even.

    A tie belongs to either quotient: the odd one leaves it to the even one below.
    """
    moved = ((rest == 0) & (quotient & 1 == 1)).astype(np.int64)
    quotient, rest = quotient - moved, rest + (moved << shift)
    record("tie.argument", rest)
    record("tie", ((rest == 0) | (rest == 1 << shift)).astype(np.int64))
    record("odd", quotient & 1)
    return quotient


def tied(lowering: Lowering, name: str, view: View, shift: int, odd: Form) -> Form:
    """Commit a remainder of 0 .. 2^shift, both ends included: one and the same tie, of two quotients.

    A flag tells ties, odd tells odd quotients, and one of the two is zero: so the even quotient takes the tie.
    """
    ends = np.zeros((1 << shift) + 1, dtype=np.int64)
    ends[0] = ends[-1] = 1
    remainder, tie = lowering.applied(f"{name}.tie", view, 0, ends)
    lowering.builder.vanishes.append((name, Vanish((tie, odd))))
    return remainder
