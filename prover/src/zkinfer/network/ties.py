"""Ties to even, as floating point rounds: for shifts so short that ties are common.

    x = 2^(shift + 1) pair + rest,    0 <= rest < 2^(shift + 1),    q = 2 pair + carry(rest)

carry is rest / 2^shift, rounded to 0, 1 or 2: from an even number on, the rest alone tells where a tie goes.
"""

from __future__ import annotations

import numpy as np

from zkinfer.network.entrywise import zero
from zkinfer.network.lowering import Lowering, added
from zkinfer.network.operation import Integers, Record
from zkinfer.network.view import View
from zkinfer.program.values import scaled
from zkinfer_verify.statement.relations import Form


def divided(x: Integers, shift: int, record: Record, base: int = 0) -> Integers:
    """Return the quotients; pairs are committed less base."""
    pair = x >> shift + 1
    rest = x - (pair << shift + 1)
    carry = _carries(shift)[rest]
    record("pair", pair - base)
    record("carry.argument", rest)
    record("carry", carry)
    return 2 * pair + carry


def product_and_rest(lowering: Lowering, name: str, view: View, shift: int, q: Form, pair: Form) -> Form:
    """State that q is the quotient beside committed pairs, and return the form that is x."""
    rest, carry = lowering.applied(f"{name}.carry", view, 0, _carries(shift))
    zero(lowering, f"{name}.carry", (1, q), (-2, pair), (-1, carry))
    return added(scaled(pair, 2 << shift), rest)


def _carries(shift: int) -> Integers:
    """The carry of every rest."""
    rest, half = np.arange(2 << shift, dtype=np.int64), 1 << shift - 1
    return (rest > half).astype(np.int64) + (rest >= 3 * half)
