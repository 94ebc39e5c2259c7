"""Each challenge comes after everything that it must not be chosen against: the order of a whole run, as recorded."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest

from attacks.networks import mixed, tiny
from zkinfer_verify.check import run
from zkinfer_verify.transcript.schedule import Kind, Message
from zkinfer_verify.transcript.transcript import Transcript


@cache
def recorded(make: Callable[[], Any] = mixed) -> list[Message]:
    """Verify a proof and return what the verifier's transcript recorded."""
    made, x = make()
    data = made.prove(made.witness(x)).to_bytes()
    kept: list[Transcript] = []

    class Recording(Transcript):
        def __init__(self) -> None:
            super().__init__()
            kept.append(self)

    with patch.object(run, "Transcript", Recording):
        made.check(data)
    (transcript,) = kept
    return transcript.record


def first(record: list[Message], label: str) -> int:
    """Return where a label stands first."""
    return next(k for k, message in enumerate(record) if message.label == label)


def last(record: list[Message], label: str) -> int:
    """Return where a label stands last."""
    return max(k for k, message in enumerate(record) if message.label == label)


ORDER = [
    "profile",
    "statement",
    "output",
    "context",
    "root of A",
    "root of Q",
    "zeros",
    "lookup alpha",
    "lookup beta",
    "lookup root denominator",
    "lookup node",
    "lookup round",
    "vanish 0 point",
    "vanish 2 factor",
    "contraction 0 point",
    "contraction 0 out",
    "contraction 2 right",
    "affine 0 point",
    "affine 0 form",
    "padding eta",
    "padding zeta",
    "folding gamma",
    "folding round",
    "folding value",
    "folding delta",
    "opening sigma",
    "opening theta",
    "opening y",
    "pads rho",
    "pads reveals",
    "pads lambda",
    "pads mu",
    "pads proximity",
    "pads linear",
    "positions",
    "positions of Q",
]


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(ORDER)), ids=lambda label: label)
def test_messages_stand_in_the_order_of_the_protocol(earlier, later):
    record = recorded()
    assert first(record, earlier) < first(record, later)


@pytest.mark.parametrize(
    ("all_of", "before"),
    [
        ("lookup node", "vanish 0 point"),
        ("padding zeta", "folding gamma"),
        ("folding value", "folding delta"),
        ("folding round", "folding value"),
        ("pads reveals", "pads lambda"),
        ("pads linear", "positions"),
    ],
)
def test_a_step_is_over_before_the_next_challenge(all_of, before):
    record = recorded()
    assert last(record, all_of) < first(record, before)


def test_nothing_is_drawn_before_the_roots_and_nothing_sent_after_the_positions():
    record = recorded()
    drawn = [k for k, message in enumerate(record) if message.sender == "verifier"]
    sent = [k for k, message in enumerate(record) if message.sender == "prover"]
    assert first(record, "root of Q") < first(record, "zeros") < drawn[0]
    assert sent[-1] < first(record, "positions") == drawn[-2]
    assert [message.kind for message in record[-2:]] == [Kind.POSITIONS, Kind.POSITIONS]


def test_every_round_is_absorbed_before_its_challenge():
    """Two scalars, then the challenge: never two challenges of one sumcheck in a row."""
    record = recorded()
    for before, message in pairwise(record):
        if message.sender == "verifier" and message.label.endswith(("round", "slide")):
            assert (before.sender, before.label) == ("prover", message.label)


def test_the_run_of_zeros_is_long():
    for make in (tiny, mixed):
        (zeros,) = (message for message in recorded(make) if message.kind is Kind.ZEROS)
        assert zeros.size >= 1 << 20
