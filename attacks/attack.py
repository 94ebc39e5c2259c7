"""An attack: a forgery, what it breaks, and the check that must stop it; and how one is tried."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from zkinfer.program.check import RelationFails, check_witness
from zkinfer.program.weights import Block
from zkinfer.program.witness import Witness
from zkinfer_verify.api import verify
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.statement.statement import Statement

CONSTRAINT = "linear test: a constraint on pads does not hold"
"""The verifier's words for every constraint on pads: it knows the pads of none, so it cannot tell which one failed."""


@dataclass(frozen=True)
class Forged:
    """What a forgery hands to the verifier, and what its maker knows.

    broken: the constraints on pads that do not hold, which only the maker can name; witness and blocks: what was
    proved, where the forgery is about it; expect, context, allow_toy: as in `verify`; meant: the statement that the
    verifier relies on, where another one is shown.
    """

    statement: Statement
    proof: bytes
    broken: tuple[str, ...] = ()
    witness: Witness | None = None
    blocks: Sequence[Block] = ()
    context: bytes | None = None
    expect: bytes | None = None
    allow_toy: bool = True
    meant: Statement | None = None

    def verify(self) -> None:
        """Run the verifier.

        Errors: ProofError or UsageError, as `verify`.
        """
        verify(self.statement, self.proof, context=self.context, expect=self.expect, allow_toy=self.allow_toy)


@dataclass(frozen=True)
class Attack:
    """A forgery with its verdict.

    stopped_by: a regular expression found in the verifier's refusal; broken: every constraint on pads that fails, if
    the refusal is CONSTRAINT; relation: a regular expression found in the name of the relation that fails over the
    integers, or nothing where the witness is honest; without: deletes what stops the forgery, for prover and verifier,
    where one check stands against it alone: the same forgery is then accepted.
    """

    name: str
    forge: Callable[[], Forged]
    stopped_by: str = CONSTRAINT
    broken: tuple[str, ...] = ()
    relation: str = ""
    without: Callable[[], AbstractContextManager[object]] | None = None

    @property
    def check(self) -> str:
        """Name the check that must stop it."""
        return ", ".join(self.broken) or self.stopped_by


@dataclass(frozen=True)
class Verdict:
    """How an attack went: `failures` is empty when it was stopped by the check that it names."""

    attack: Attack
    refusal: str
    broken: tuple[str, ...]
    relation: str
    seconds: float
    failures: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether the verifier accepted the forgery."""
        return not self.refusal

    @property
    def stopped_by(self) -> str:
        """What stopped it: the constraints that its maker knows to fail, if one did, or the verifier's words."""
        return ", ".join(self.broken) if self.broken and CONSTRAINT in self.refusal else self.refusal


def try_attack(attack: Attack) -> Verdict:
    """Forge, verify, and compare what happened with what the attack names."""
    start = time.perf_counter()
    forged = attack.forge()
    refusal = _refusal(forged)
    seconds = time.perf_counter() - start
    relation = _relation(forged)
    failures = []
    if not re.search(attack.stopped_by, refusal) or not refusal:
        said = f"said {refusal!r}" if refusal else "accepted"
        failures.append(f"expected {attack.stopped_by!r}, the verifier {said}")
    if forged.broken != attack.broken:
        failures.append(f"expected the constraints {attack.broken} to fail, not {forged.broken}")
    if not re.search(attack.relation, relation) or bool(attack.relation) != bool(relation):
        failures.append(f"expected the relation {attack.relation!r} to fail over the integers, not {relation!r}")
    if attack.without is not None and (still := _without(attack)):
        failures.append(f"without its check it should be accepted, but: {still!r}")
    return Verdict(attack, refusal, forged.broken, relation, seconds, tuple(failures))


def _refusal(forged: Forged) -> str:
    try:
        forged.verify()
    except (ProofError, UsageError) as error:
        return str(error)
    return ""


def _relation(forged: Forged) -> str:
    """Return what the check over the integers says of the witness."""
    if forged.witness is None:
        return ""
    try:
        check_witness(forged.meant or forged.statement, forged.witness, forged.blocks)
    except RelationFails as error:
        return str(error)
    return ""


def _without(attack: Attack) -> str:
    """Forge and verify again with the check deleted; statements are prepared anew."""
    assert attack.without is not None
    prepare.cache_clear()
    try:
        with attack.without():
            return _refusal(attack.forge())
    finally:
        prepare.cache_clear()
