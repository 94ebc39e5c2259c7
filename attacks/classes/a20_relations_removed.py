"""A relation is left out of the statement, and what it would refuse is proved."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from attacks.attack import Attack
from attacks.cells import corrupted
from attacks.classes.a08_maximum import distance_raised
from attacks.classes.a09_relu_sign import changed, raised
from attacks.networks import Made, mixed, rectified
from attacks.statements import Pair, another_statement
from attacks.witnesses import Edit, Network
from zkinfer_verify.statement.statement import Statement


def without_relation(network: Network, kind: str, index: int, edit: Edit) -> Pair:
    """Drop one relation of a kind."""
    made, x = network()
    relations = getattr(made.statement, kind)
    fewer: Statement = replace(made.statement, **{kind: relations[:index] + relations[index + 1 :]})
    return made, Made(fewer, made.weights), corrupted(made, made.witness(x), edit)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    absolute, higher = partial(changed, at=0, value=9, distance=18), partial(raised, distance=False)
    for name, network, kind, index, edit, relation in (
        ("no product of ReLU", rectified, "vanishes", 0, absolute, "vanish 0"),
        ("no movement", mixed, "contractions", 1, distance_raised, "contraction 1"),
        ("no affine relation", mixed, "affines", 0, higher, "affine 0"),
    ):
        yield from another_statement(name, partial(without_relation, network, kind, index, edit), relation)
