"""A public output is not what the network gives."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from attacks.attack import Attack, Forged
from attacks.networks import made_of, mixed, tiny
from attacks.prover import forge, with_outputs
from attacks.unsound import lenient, stated
from attacks.witnesses import FULL, stopped
from zkinfer.program.witness import Witness
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Oracle

HIGH = 2**63 - 1 - 2**20
"""An output over p/2: 64 bits hold it, and the other integer of its class mod p as well."""
BEYOND = "beyond its declared bound"


def wrong(index: int, delta: int) -> Forged:
    """Prove the honest witness with another output."""
    made, x = mixed()
    return forge(made, with_outputs(made.witness(x), index, delta)).sent(about_witness=True)


def exchanged() -> Forged:
    """Prove the honest witness with the outputs in another order."""
    made, x = mixed()
    witness = made.witness(x)
    ((first, second, third),) = witness.outputs
    return forge(made, Witness(witness.rows, ((second, first, third),))).sent(about_witness=True)


def of_one_class() -> Forged:
    """Declare a bound over p/2, and claim the other integer of the output's class mod p."""
    honest, _ = tiny()
    columns = tuple(replace(c, hi=HIGH // 2 + 1) if c.oracle is Oracle.WEIGHTS else c for c in honest.statement.columns)
    outputs = (replace(honest.statement.outputs[0], bound=2**63 - 1),)
    arrays = {"full1.weights": np.array([[HIGH // 2, 0]]), "full1.bias": np.array([HIGH - HIGH // 2])}
    lying = made_of(replace(honest.statement, columns=columns, outputs=outputs), arrays)
    made = stated(lying, lying.statement)
    witness = Witness(honest.witness(np.array([1, 0])).rows, ((HIGH - P,),))
    return forge(made, witness).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    for delta in (1, -1):
        name = f"an output changed by {delta}"
        yield stopped(name, partial(wrong, 2, delta), FULL, relation="contraction 2")
    yield stopped("two outputs exchanged", exchanged, FULL, relation="contraction 2")
    over = partial(Attack, stopped_by=BEYOND, relation="contraction 2")
    yield over("an output changed by 2^20", partial(wrong, 0, 1 << 20), broken=(FULL,))
    # Read as a signed integer, o + p is o + p - 2^64.
    yield over("o + p in place of o", partial(wrong, 0, P - 2**64), broken=(FULL,))
    yield Attack(
        "o - p in place of o, within a bound over p/2",
        of_one_class,
        "the output of contraction 0 can reach",
        relation="contraction 0",
        without=partial(lenient, "check_bounds"),
    )
