"""The channel's own limits: what a statement may make both sides send, and what a claim that nobody uses weighs."""

from unittest.mock import patch

import pytest

from attacks.networks import tiny
from attacks.prover import broken_constraints
from zkinfer_verify.check import claims
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.transcript.transcript import Transcript


def test_rejects_a_statement_when_its_proofs_have_more_messages_than_the_limit():
    made = tiny()[0]
    labels = [message.label for message in made.prepared.schedule.messages]
    reductions = made.prepared.schedule.messages[labels.index("zeros") + 1 : labels.index("opening theta")]
    # Counted where the prover sends one: what a verifier draws after the last costs nobody anything.
    most = max(k for k, message in enumerate(reductions, 1) if message.sender == "prover")
    with patch.object(claims, "MAX_MESSAGES", most):
        prepare.__wrapped__(made.statement, allow_toy=True)
    with (
        patch.object(claims, "MAX_MESSAGES", most - 1),
        pytest.raises(UsageError, match=f"more than {most - 1} messages; prove it in parts"),
    ):
        prepare.__wrapped__(made.statement, allow_toy=True)


def test_pads_weigh_what_the_constraints_give_them():
    ch = Channel(Transcript(), (), Vectors())
    used, unused, cancelled = (ch.pad_claim(ch.new_pad(), Ext(known)) for known in (5, 7, 11))
    ch.combine(Ext(1), (Ext(3), unused))
    ch.zero("first", ch.combine(Ext(2), (Ext(4), used), (Ext(6), cancelled)))
    ch.zero("second", cancelled)
    weights, known = ch.pad_weights([Ext(1), Ext(-6)])
    assert weights == [Ext(4), ZERO, ZERO]
    assert known == Ext(2 + 4 * 5)
    assert broken_constraints(ch, [Ext(3), Ext(1), Ext(-11)]) == ["first"]
    assert broken_constraints(ch, [Ext(-17), Ext(1), Ext(-11)]) == ["first"]
