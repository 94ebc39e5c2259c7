"""Ties to even, as floating point rounds: for divisors so small that ties are common.

    x = 2 divisor pair + rest,    0 <= rest < 2 divisor,    q = 2 pair + carry(rest)

carry is rest / divisor, rounded to 0, 1 or 2: from an even number on, the rest alone tells where a tie goes.
"""

from __future__ import annotations

import numpy as np

from zkinfer.network.entrywise import zero
from zkinfer.network.lowering import Lowering, added
from zkinfer.network.operation import Integers, Record
from zkinfer.network.view import View
from zkinfer.program.values import scaled
from zkinfer_verify.statement.relations import Form


def divided(x: Integers, divisor: int, record: Record, base: int = 0) -> Integers:
    """Return the quotients; pairs are committed less base."""
    pair = x // (2 * divisor)
    rest = x - 2 * divisor * pair
    carry = _carries(divisor)[rest]
    record("pair", pair - base)
    record("carry.argument", rest)
    record("carry", carry)
    quotient: Integers = 2 * pair + carry
    return quotient


def span(lo: int, hi: int, divisor: int) -> tuple[int, int]:
    """Return bounds of the quotients of lo .. hi."""
    return (lo + divisor // 2 - 1) // divisor, (hi + divisor // 2) // divisor


def product_and_rest(lowering: Lowering, name: str, view: View, divisor: int, q: Form, pair: Form) -> Form:
    """State that q is the quotient beside committed pairs, and return the form that is x."""
    rest, carry = lowering.applied(f"{name}.carry", view, 0, _carries(divisor))
    zero(lowering, f"{name}.carry", (1, q), (-2, pair), (-1, carry))
    return added(scaled(pair, 2 * divisor), rest)


def _carries(divisor: int) -> Integers:
    """The carry of every rest."""
    twice = 2 * np.arange(2 * divisor, dtype=np.int64)
    return (twice > divisor).astype(np.int64) + (twice >= 3 * divisor)
