"""The transcript: every item, label, type and length counts, and nothing is drawn twice."""

from collections.abc import Callable
from unittest.mock import patch

import pytest

from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.transcript import transcript as module
from zkinfer_verify.transcript.transcript import Transcript


def state_after(*steps: Callable[[Transcript], object]) -> bytes:
    """Return the state after some items."""
    transcript = Transcript()
    for step in steps:
        step(transcript)
    return transcript.state


# No two of these runs absorb the same.
RUNS: dict[str, tuple[Callable[[Transcript], object], ...]] = {
    "nothing": (),
    "empty bytes": (lambda t: t.absorb_bytes("a", b""),),
    "another label": (lambda t: t.absorb_bytes("b", b""),),
    "label and data shifted": (lambda t: t.absorb_bytes("a", b"a"),),
    "label longer": (lambda t: t.absorb_bytes("aa", b""),),
    "two items": (lambda t: t.absorb_bytes("a", b""), lambda t: t.absorb_bytes("a", b"")),
    "two bytes": (lambda t: t.absorb_bytes("a", b"aa"),),
    "two items of one byte": (lambda t: t.absorb_bytes("a", b"a"), lambda t: t.absorb_bytes("a", b"a")),
    "a digest": (lambda t: t.absorb_digest("a", bytes(32)),),
    "bytes of a digest": (lambda t: t.absorb_bytes("a", bytes(32)),),
    "zeros": (lambda t: t.absorb_zeros("a", 32),),
    "more zeros": (lambda t: t.absorb_zeros("a", 33),),
    "zeros beyond one block": (lambda t: t.absorb_zeros("a", (1 << 20) + 1),),
    "two elements of E": (lambda t: t.absorb_ext("a", [ZERO, ZERO]),),
    "four elements of F": (lambda t: t.absorb_base("a", [0, 0, 0, 0]),),
    "four integers": (lambda t: t.absorb_integers("a", [0, 0, 0, 0]),),
    "a challenge": (lambda t: t.challenge("a"),),
    "two challenges": (lambda t: t.challenge("a"), lambda t: t.challenge("a")),
    "two challenges at once": (lambda t: t.challenges("a", 2),),
    "positions": (lambda t: t.positions("a", 8, 1),),
}


def test_no_two_runs_lead_to_one_state():
    states = {name: state_after(*steps) for name, steps in RUNS.items()}
    assert len(set(states.values())) == len(states)


def test_encoded_elements_are_absorbed_as_their_decoding():
    elements = [Ext(1, 2), Ext(P - 1, 0)]
    encoded = b"".join(element.to_bytes() for element in elements)
    assert state_after(lambda t: t.absorb_ext("y", elements)) == state_after(lambda t: t.absorb_ext_bytes("y", encoded))


def test_a_challenge_depends_on_everything_before_it_and_has_one_use():
    first, second = Transcript(), Transcript()
    second.absorb_bytes("a", b"")
    drawn = [first.challenge("c"), first.challenge("c"), second.challenge("c"), Transcript().challenge("d")]
    assert len(set(drawn)) == 4
    assert Transcript().challenge("c") == drawn[0]


def test_words_that_are_no_elements_and_zero_are_redrawn():
    words = iter([P, 2**64 - 1, 0, P + 5, 0, 0, P, 7])
    with patch.object(module, "_words", lambda state: words):
        assert Transcript().challenge("c") == Ext(0, 7)


@pytest.mark.parametrize(("length", "count"), [(8, 8), (64, 4), (2**16, 150)])
def test_positions_are_distinct_ascending_and_in_range(length, count):
    found = Transcript().positions("p", length, count)
    assert found == sorted(set(found))
    assert len(found) == count
    assert all(0 <= position < length for position in found)


def test_positions_are_redrawn_on_repetition():
    words = iter([3, 3 + 8, 3 + 2**63, 1, 1, 6])
    with patch.object(module, "_words", lambda state: words):
        assert Transcript().positions("p", 8, 3) == [1, 3, 6]
