"""A statement leaves something open that its reader takes for proved."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from attacks.attack import Attack, Forged
from attacks.networks import tiny
from attacks.prover import forge
from attacks.unsound import lenient, stated
from zkinfer.program.witness import Witness


def free_output() -> Forged:
    """Publish an integer that stands in no relation, beside the network's output."""
    honest, x = tiny()
    (output,) = honest.statement.outputs
    made = stated(honest, replace(honest.statement, outputs=(output, replace(output, name="score", bound=100))))
    witness = honest.witness(x)
    return forge(made, Witness(witness.rows, (*witness.outputs, (99,)))).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack(
        "an output in no relation",
        free_output,
        "a public output stands in no relation",
        without=partial(lenient, "_check_coverage"),
    )
