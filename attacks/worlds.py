"""Worlds in which a check is missing, for prover and verifier alike: what passes there shows what the check is for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar
from unittest.mock import patch

from attacks.networks import Made
from zkinfer_verify import api
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.run import prepare
from zkinfer_verify.field.extension import EXT_BYTES, Ext
from zkinfer_verify.transcript.schedule import Kind
from zkinfer_verify.transcript.transcript import Transcript

AnyMade = TypeVar("AnyMade", bound=Made)


def anew(made: AnyMade) -> AnyMade:
    """Prepare a network's statement again: a deleted check may change what is counted."""
    other = replace(made)
    other.__dict__["prepared"] = prepare.__wrapped__(made.statement, True)
    return other


@contextmanager
def unchecked(*names: str) -> Iterator[None]:
    """Let the verifier pass over checks: functions that `verify` calls."""
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(patch.object(api, name, lambda *args: None))
        yield


@contextmanager
def without_claims(*names: str) -> Iterator[None]:
    """Leave the claims on columns of some names to nobody."""
    keep = Reduction.claim_rows

    def claim_rows(red: Reduction, at: str, *rest: Any) -> None:
        if at not in names:
            keep(red, at, *rest)

    with patch.object(Reduction, "claim_rows", claim_rows):
        yield


def copied(transcript: Transcript) -> Transcript:
    """Return a transcript in the same state, which goes on independently: an attacker looks ahead."""
    other = copy(transcript)
    other.record = list(transcript.record)
    return other


def rounds_in_turn(transcript: Transcript, label: str, encoded: bytes, num_rounds: int, degree: int) -> list[Ext]:
    """Take a sumcheck's rounds item by item: `Transcript.rounds` by its definition."""
    items, point = [encoded[at : at + EXT_BYTES] for at in range(0, len(encoded), EXT_BYTES)], []
    for _ in range(num_rounds):
        for _ in range(degree):
            transcript.absorb_ext_bytes(label, items.pop(0))
        point.append(transcript.challenge(label))
    return point


@contextmanager
def not_absorbed(label: str) -> Iterator[None]:
    """Draw all challenges as if the messages of a label were empty: they depend on what these say no more."""
    absorb = Transcript._absorb

    def absorbed(transcript: Transcript, kind: Kind, at: str, data: bytes, *rest: Any) -> None:
        absorb(transcript, kind, at, b"" if at == label else data, *rest)

    with patch.object(Transcript, "_absorb", absorbed), patch.object(Transcript, "rounds", rounds_in_turn):
        yield


@contextmanager
def equal_coefficients(label: str) -> Iterator[None]:
    """Combine with one coefficient for all, instead of independent ones."""
    draw = Transcript.challenges

    def challenges(transcript: Transcript, at: str, count: int) -> list[Ext]:
        drawn = draw(transcript, at, count)
        return [drawn[0]] * count if at == label else drawn

    with patch.object(Transcript, "challenges", challenges):
        yield
