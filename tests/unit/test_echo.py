"""The reductions that a prover runs see what its sender did, in that order, and nothing else."""

import numpy as np
import pytest

from zkinfer.prove.echo import Echo
from zkinfer.prove.sender import Sender
from zkinfer_verify.errors import InternalError
from zkinfer_verify.transcript.transcript import Transcript


@pytest.fixture
def tx() -> Sender:
    return Sender(Transcript(), np.ones((2, 2), dtype=np.uint64), [0, 1])


def test_answers_what_the_sender_has_drawn(tx: Sender) -> None:
    echo = Echo(tx)
    tx.send("value", (5, 6))
    first, point = tx.challenge("first"), tx.point("point", 3)
    tx.send("value", (7, 8))
    echo.absorb_ext_bytes("value", tx.sent[0].to_bytes())
    assert echo.challenge("first") == first
    assert echo.challenges("point", 3) == point
    echo.absorb_ext("value", tx.sent[1:])
    echo.require_all_taken("step")


def test_begins_where_the_sender_stands(tx: Sender) -> None:
    tx.challenge("before")
    echo = Echo(tx)
    echo.require_all_taken("step")
    drawn = tx.challenge("after")
    assert echo.challenge("after") == drawn


def test_what_is_changed_here_is_not_changed_there(tx: Sender) -> None:
    echo = Echo(tx)
    point = tx.point("point", 2)
    kept = list(point)
    point.clear()
    assert echo.challenges("point", 2) == kept


@pytest.mark.parametrize(
    "ask",
    [
        lambda echo: echo.challenges("other", 2),
        lambda echo: echo.challenges("point", 1),
        lambda echo: echo.absorb_ext_bytes("point", bytes(32)),
        lambda echo: echo.positions("point", 4, 2),
        lambda echo: echo.absorb_zeros("point", 2),
    ],
    ids=["another label", "another count", "a message", "positions", "zeros"],
)
def test_refuses_another_item_than_the_senders_next(tx: Sender, ask) -> None:
    echo = Echo(tx)
    tx.point("point", 2)
    with pytest.raises(InternalError, match="part"):
        ask(echo)


def test_refuses_what_the_sender_has_not_taken_yet(tx: Sender) -> None:
    echo = Echo(tx)
    with pytest.raises(InternalError, match="the prover None"):
        echo.challenge("early")


def test_refuses_to_go_on_when_the_sender_took_more(tx: Sender) -> None:
    echo = Echo(tx)
    tx.send("value", (5, 6))
    with pytest.raises(InternalError, match=r"part in step 'lookups'.*value"):
        echo.require_all_taken("lookups")
