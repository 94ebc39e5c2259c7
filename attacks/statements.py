"""Attacks with another statement than the one that the verifier means: its proof is true, and says something else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.networks import Made
from attacks.prover import forge
from attacks.unsound import any_statement
from zkinfer.program.witness import Witness

Pair = tuple[Made, Made, Witness]
"""The statement that is meant, the one that is proved, and a witness of it."""


def shown(pair: Callable[[], Pair]) -> Forged:
    """Show the statement that was proved to a verifier who expects the digest of the one that is meant."""
    meant, proved, witness = pair()
    forged = forge(proved, witness).sent(about_witness=True)
    return replace(forged, expect=meant.statement.digest, meant=meant.statement)


def passed_off(pair: Callable[[], Pair], *, renamed: bool) -> Forged:
    """Hand the proof to a verifier who holds the statement that is meant; renamed: under that statement's digest."""
    meant, proved, witness = pair()
    made = forge(proved, witness)
    forged = made.sent(about_witness=True, statement_digest=(meant if renamed else proved).statement.digest)
    return replace(forged, statement=meant.statement)


def another_statement(
    name: str, pair: Callable[[], Pair], relation: str, renamed: str = CONSTRAINT
) -> Iterator[Attack]:
    """Yield the attacks of a statement: shown as it is, passed off, and renamed; renamed: what stops the last one."""
    yield Attack(
        f"{name}, shown",
        partial(shown, pair),
        "statement has digest .*, expected",
        relation=relation,
        without=any_statement,
    )
    yield Attack(
        f"{name}, passed off", partial(passed_off, pair, renamed=False), "proof is of another", relation=relation
    )
    yield Attack(f"{name}, renamed", partial(passed_off, pair, renamed=True), renamed, relation=relation)
