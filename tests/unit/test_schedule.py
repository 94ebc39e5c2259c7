"""The schedule of a run: what it says is the page's, and neither side can depart from it."""

import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from attacks.networks import mixed, tiny
from attacks.worlds import rounds_in_turn
from spec import make_vectors, prover
from tests.house.tree import ROOT
from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.hashing.digest import encode_ext
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.transcript.schedule import Kind, Message
from zkinfer_verify.transcript.transcript import Transcript

PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
STEPS = PAGE[PAGE.index("## 7. ") : PAGE.index("### 7.11 ")]
FROZEN = ROOT / "vectors/proofs/v1"

PLAN = (
    Message("statement", "context", Kind.BYTES, None),
    Message("prover", "value", Kind.EXT, 1),
    Message("verifier", "theta", Kind.CHALLENGE, 1),
)


def begun() -> Transcript:
    """Return a transcript of PLAN after its first item."""
    transcript = Transcript.following(PLAN)
    transcript.absorb_bytes("context", b"of any length")
    return transcript


def test_a_run_as_planned_is_taken_and_draws_what_a_free_one_draws():
    planned, free = begun(), Transcript()
    free.absorb_bytes("context", b"of any length")
    for transcript in (planned, free):
        transcript.absorb_ext_bytes("value", bytes(16))
    assert planned.challenge("theta") == free.challenge("theta")
    planned.finish()


ROUNDS = (*(Message("prover", "round", Kind.EXT, 1),) * 2, Message("verifier", "round", Kind.CHALLENGE, 1)) * 3


@pytest.mark.parametrize("schedule", [ROUNDS, list(ROUNDS), None], ids=["tuple", "list", "none"])
def test_rounds_are_their_items_in_turn(schedule):
    encoded = encode_ext([Ext(k, k * k) for k in range(6)])
    at_once = Transcript() if schedule is None else Transcript.following(schedule)
    in_turn = Transcript()
    point = rounds_in_turn(in_turn, "round", encoded, 3, 2)
    assert at_once.rounds("round", encoded, 3, 2) == point and len(set(point)) == 3
    assert (at_once.state, at_once.record) == (in_turn.state, in_turn.record)
    assert at_once.rounds("round", b"", 0, 2) == [] and at_once.state == in_turn.state
    at_once.finish()


@pytest.mark.parametrize(
    "label, num_rounds, degree", [("rounds", 3, 2), ("round", 4, 2), ("round", 3, 1), ("round", 3, 3)]
)
def test_refuses_rounds_when_they_are_not_the_next_ones(label, num_rounds, degree):
    transcript = Transcript.following(ROUNDS)
    before = transcript.state
    with pytest.raises(InternalError, match="its schedule goes on with"):
        transcript.rounds(label, bytes(16 * num_rounds * degree), num_rounds, degree)
    assert transcript.state == before


DEPARTURES: dict[str, Callable[[Transcript], object]] = {
    "a challenge too early": lambda t: t.challenge("theta"),
    "another label": lambda t: t.absorb_ext_bytes("values", bytes(16)),
    "another type": lambda t: t.absorb_bytes("value", bytes(1), sender="prover"),
    "another sender": lambda t: t.absorb_ext_bytes("value", bytes(16), sender="statement"),
    "another count": lambda t: t.absorb_ext_bytes("value", bytes(32)),
    "an item twice": lambda t: t.absorb_bytes("context", b""),
    "zeros": lambda t: t.absorb_zeros("value", 1),
    "the end": lambda t: t.finish(),
}


@pytest.mark.parametrize("depart", DEPARTURES.values(), ids=DEPARTURES)
def test_refuses_an_item_when_it_is_not_the_next_one(depart):
    transcript = begun()
    before = transcript.state
    with pytest.raises(InternalError, match=r"label='value'"):
        depart(transcript)
    assert transcript.state == before


def test_refuses_an_item_when_the_schedule_is_over():
    transcript = begun()
    transcript.absorb_ext_bytes("value", bytes(16))
    transcript.challenge("theta")
    with pytest.raises(InternalError, match="goes on with None"):
        transcript.challenge("theta")


def early(label: str) -> Callable[[Channel, str], Claim]:
    """Receive scalars as always, but draw theta before the one of this label."""
    receive = Channel.scalar

    def scalar(ch: Channel, at: str) -> Claim:
        if at == label:
            ch.challenge("opening theta")
        return receive(ch, at)

    return scalar


@pytest.mark.parametrize("label", ["lookup root denominator", "folding value", "opening sigma"])
def test_neither_side_can_draw_a_challenge_before_what_it_depends_on(label):
    made, x = tiny()
    assert made.prepared.schedule.messages
    data = made.prove(made.witness(x)).to_bytes()
    with patch.object(Channel, "scalar", early(label)):
        with pytest.raises(InternalError, match=rf"reductions come to 'opening theta', the prover to .*{label!r}"):
            made.prove(made.witness(x))
        with pytest.raises(InternalError, match=r"asked for .*'opening theta'.* goes on with"):
            made.check(data)


@pytest.mark.parametrize("make", [tiny, mixed])
def test_only_the_context_is_left_to_the_proof(make):
    made, _ = make()
    messages, sizes = made.prepared.schedule.messages, made.prepared.sizes
    assert [message.label for message in messages if message.size is None] == ["context"]
    sent = {"opening y": sizes.y, "pads reveals": sizes.num_reveals, "pads proximity": sizes.proximity}
    counts = {message.label: message.size for message in messages}
    assert {label: counts[label] for label in sent} == sent and counts["pads linear"] == sizes.linear
    singles = [
        m for m in messages if m.sender == "prover" and m.kind is Kind.EXT and m.label not in counts.keys() & WIDE
    ]
    assert len(singles) == sum(m.size for m in singles) == sizes.num_scalars


WIDE = {"opening y", "pads reveals", "pads proximity", "pads linear"}


def family(label: str) -> str:
    """Return a label as the page writes it: v, c or a for a relation's number."""
    return re.sub(r"^(vanish|contraction|affine) \d+", lambda found: f"{found[1]} {found[1][0]}", label)


def page_labels() -> set[str]:
    """Return the labels of section 7: its words in backticks, less a vector's name and a side's."""
    found = set(re.findall(r"`([a-z][A-Za-z ]+)`", STEPS)) - {"linear", "right"}
    slides = {f"contraction c {side} {kind}" for side in ("left", "right") for kind in ("slide", "form")}
    return found | slides | {"contraction c right"}


def test_the_labels_are_those_of_the_page():
    """The network has every kind of relation, and operands that slide on both sides."""
    made, _ = mixed()
    assert {family(message.label) for message in made.prepared.schedule.messages} == page_labels()


def test_the_types_are_those_of_the_page():
    """Items of 7.0 and 7.1 stand in a table with their types; later scalars are elements of E, challenges are drawn."""
    made, _ = mixed()
    table = {label: kind for kind, label in re.findall(r"\| ([a-z]) \| `([a-z A-Z]+)` \|", STEPS)}
    assert len(table) == 7
    drawn = {"positions", "positions of Q"}
    for message in made.prepared.schedule.messages:
        if message.label in table:
            assert message.kind.value.decode() == table[message.label]
        elif message.sender == "verifier":
            assert message.kind is (Kind.POSITIONS if message.label in drawn else Kind.CHALLENGE)
        else:
            assert message.kind is Kind.EXT


def test_the_slow_definition_absorbs_the_same_messages():
    """Its prover shares no code with the schedule: every type, label and number of bytes, in order."""
    taken: list[tuple[str, str, int]] = []

    class Recording(prover.Transcript):
        def absorb(self, kind: str, label: str, data: bytes) -> None:
            taken.append((kind, label, len(data)))
            super().absorb(kind, label, data)

    with patch.object(prover, "Transcript", Recording):
        make_vectors.frozen_proof(FROZEN)
    statement = Statement.from_bytes((FROZEN / "statement.zks").read_bytes())
    messages = prepare(statement, allow_toy=True).schedule.messages
    # The slow prover counts pads in a run of its own first, which has neither start nor end.
    ours = [(m.kind.value.decode(), m.label, size_of(m)) for m in messages]
    theirs = taken[-len(ours) :]
    (context,) = (k for k, message in enumerate(messages) if message.size is None)
    assert [item for k, item in enumerate(theirs) if k != context] == [i for k, i in enumerate(ours) if k != context]
    assert theirs[context][:2] == ours[context][:2]


def size_of(message: Message) -> Any:
    """Return how many bytes an item hashes; a challenge hashes its count."""
    sizes = {Kind.DIGEST: 32, Kind.EXT: 16, Kind.BYTES: 1, Kind.ZEROS: 1}
    return 8 if message.sender == "verifier" else message.size and sizes[message.kind] * message.size
