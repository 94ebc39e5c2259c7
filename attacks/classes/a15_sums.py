"""A sum of products passes p/2 and wraps around."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import made_of, tiny
from attacks.prover import forge
from attacks.unsound import any_statement, lenient, stated
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.statement import Statement

HALF = (P - 3) // 2
"""Twice -2 * HALF, and a bias of 2, are 5 - p: an integer far out of bounds that is 5 mod p."""
BIAS = 2


def wrapped(statement: Statement, *, expected: bool) -> Forged:
    """Prove the output 5 with weights whose sum is 5 - p; expected: whether the verifier has the honest statement."""
    honest, _ = tiny()
    weights = np.array([[HALF // 2, HALF - HALF // 2]])
    lying = made_of(statement, {"full1.weights": weights, "full1.bias": np.array([BIAS])})
    made = stated(lying, lying.statement)

    def fill(cells: Cells) -> None:
        cells.set_all("input", -2)
        cells.outputs = ((5,),)

    witness = corrupted(made, honest.witness(np.array([-2, -2])), fill)
    forged = forge(made, witness).sent(about_witness=True)
    return replace(forged, expect=honest.statement.digest if expected else None)


def with_norm(norm: int) -> Statement:
    """State that the weights may be large, and their norm."""
    statement = tiny()[0].statement
    (contraction,) = statement.contractions
    columns = tuple(replace(c, lo=-HALF, hi=HALF) if c.name == "full1.weights" else c for c in statement.columns)
    return replace(statement, columns=columns, contractions=(replace(contraction, norm=norm),))


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack(
        "the true norm of large weights",
        lambda: wrapped(with_norm(HALF), expected=False),
        "the sum of contraction 0 can reach",
        relation="contraction 0",
        without=partial(lenient, "check_bounds"),
    )
    yield Attack(
        "large weights of which the norm says nothing",
        lambda: wrapped(with_norm(4), expected=True),
        "statement has digest .* expected",
        relation="contraction 0",
        without=any_statement,
    )
    yield Attack(
        "large weights of which the statement says nothing",
        lambda: wrapped(tiny()[0].statement, expected=True),
        "statement has digest .* expected",
        relation="contraction 0",
        without=any_statement,
    )
