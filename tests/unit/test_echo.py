"""What the prover's reductions read of its own transcript: the same items in the same order, and nothing else."""

from collections.abc import Callable

import numpy as np
import pytest

from zkinfer.prove.echo import Echo
from zkinfer.prove.sender import Sender
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.transcript.transcript import Transcript


def sender() -> Sender:
    """Return a sender with pads of zero, whose transcript has begun."""
    transcript = Transcript()
    transcript.absorb_bytes("context", b"")
    return Sender(transcript, np.zeros((4, 2), dtype=np.uint64), range(4))


def test_items_are_met_again_as_they_were_taken():
    tx = sender()
    echo = Echo(tx)
    for round_ in range(2):
        tx.send("value", (round_, 7))
        drawn, point = tx.challenge("theta"), tx.point("point", 3)
        state = tx.transcript.state
        assert not echo.is_level
        echo.absorb_ext_bytes("value", Ext(round_, 7).to_bytes())
        assert echo.challenge("theta") == drawn and echo.challenges("point", 3) == point
        assert echo.is_level and tx.transcript.state == state


def test_rounds_are_met_at_once():
    tx = sender()
    echo = Echo(tx)
    point = []
    for round_ in range(2):
        tx.send("round", (round_, 7), (round_, 8))
        point.append(tx.challenge("round"))
    assert echo.rounds("round", bytes(64), 2, 2) == point and echo.is_level


PARTINGS: dict[str, tuple[Callable[[Echo], object], str]] = {
    "another label": (
        lambda echo: echo.absorb_ext_bytes("values", bytes(16)),
        "come to 'values', the prover to .*'value'",
    ),
    "a challenge too early": (lambda echo: echo.challenge("theta"), "come to 'theta', the prover to .*'value'"),
    "more rounds": (
        lambda echo: [echo.absorb_ext_bytes("value", bytes(16)), echo.rounds("theta", bytes(16), 1, 1)],
        r"come to 'theta', the prover to \[\]",
    ),
    "another count": (
        lambda echo: [echo.absorb_ext_bytes("value", bytes(16)), echo.challenges("theta", 2)],
        "draw 2 challenges 'theta', the prover drew 1",
    ),
}


@pytest.mark.parametrize("part, message", PARTINGS.values(), ids=PARTINGS)
def test_another_item_than_the_provers_is_refused(part, message):
    tx = sender()
    echo = Echo(tx)
    tx.send("value", (1, 2))
    tx.challenge("theta")
    with pytest.raises(InternalError, match=message):
        part(echo)


def test_an_item_that_was_not_taken_is_refused():
    echo = Echo(sender())
    with pytest.raises(InternalError, match=r"come to 'value', the prover to \[\]"):
        echo.absorb_ext_bytes("value", bytes(16))
