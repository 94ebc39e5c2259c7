"""A whole run, item by item: each one moves every later draw and no earlier one, and its place, label and type count.

The items are those of the verifier's own run; they are absorbed again by the same transcript with one thing changed.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any
from unittest.mock import patch

import pytest

from attacks.networks import mixed, tiny
from attacks.worlds import copied, rounds_in_turn
from zkinfer_verify.check import run
from zkinfer_verify.errors import ProofError
from zkinfer_verify.transcript.schedule import Kind
from zkinfer_verify.transcript.transcript import Transcript

DRAWN = (Kind.CHALLENGE, Kind.POSITIONS)


@dataclass(frozen=True)
class Item:
    """One item of a run. size: how many are drawn, or zero bytes; length: that positions are drawn below."""

    kind: Kind
    label: str
    data: bytes = b""
    size: int = 0
    length: int = 0

    def take(self, transcript: Transcript) -> Any:
        """Let a transcript take the item; return what is drawn, if anything is."""
        match self.kind:
            case Kind.CHALLENGE:
                return transcript.challenges(self.label, self.size)
            case Kind.POSITIONS:
                return transcript.positions(self.label, self.length, self.size)
            case Kind.ZEROS:
                return transcript.absorb_zeros(self.label, self.size)
            case _:
                return transcript._absorb(self.kind, self.label, self.data, "prover", 1)


class Recording(Transcript):
    """Remembers items and draws, those of the last run."""

    items: list[Item]
    draws: list[Any]
    rounds = rounds_in_turn

    def __init__(self) -> None:
        super().__init__()
        Recording.items, Recording.draws = [], []

    def _absorb(self, kind: Kind, label: str, data: bytes, sender: str, count: int) -> None:
        super()._absorb(kind, label, data, sender, count)
        if kind not in DRAWN:
            Recording.items.append(Item(kind, label, data))

    def absorb_zeros(self, label: str, count: int) -> None:
        super().absorb_zeros(label, count)
        Recording.items.append(Item(Kind.ZEROS, label, size=count))

    def challenges(self, label: str, count: int) -> Any:
        Recording.items.append(Item(Kind.CHALLENGE, label, size=count))
        Recording.draws.append(super().challenges(label, count))
        return Recording.draws[-1]

    def positions(self, label: str, length: int, count: int) -> Any:
        Recording.items.append(Item(Kind.POSITIONS, label, size=count, length=length))
        Recording.draws.append(super().positions(label, length, count))
        return Recording.draws[-1]


def recorded(made: Any, data: bytes) -> tuple[list[Item], list[Any]]:
    """Verify bytes; return the items and the draws of the verifier's transcript, up to where it rejects."""
    with patch.object(run, "Transcript", Recording), suppress(ProofError):
        made.check(data)
    return Recording.items, Recording.draws


@cache
def whole() -> tuple[list[Item], list[Transcript], list[Any]]:
    """Return the items of a run with every kind of relation, the transcript before each, and what each draws."""
    made, x = mixed()
    items, draws = recorded(made, made.prove(made.witness(x), b"coverage").to_bytes())
    transcript, before, taken = Transcript(), [], []
    for item in items:
        before.append(copied(transcript))
        taken.append(item.take(transcript))
    assert [draw for item, draw in zip(items, taken, strict=True) if item.kind in DRAWN] == draws
    assert [item.kind for item in items] == [message.kind for message in made.prepared.schedule.messages]
    return items, before, taken


def unmoved(start: int, changed: Iterable[Item]) -> Iterator[str]:
    """Absorb changed items from `start` on, then the rest of the run; yield each later draw that stays the same."""
    items, before, drawn = whole()
    transcript, changed = copied(before[start]), list(changed)
    for item in changed:
        item.take(transcript)
    for k in range(start + len(changed), len(items)):
        again = items[k].take(transcript)
        if drawn[k] and again == drawn[k]:
            yield items[k].label


def flips(item: Item) -> Iterator[Item]:
    """Yield an item with a bit changed in its first, a middle and its last byte; zeros and draws one longer."""
    if item.kind in (*DRAWN, Kind.ZEROS):
        yield replace(item, size=item.size + 1)
        return
    for at in sorted({0, len(item.data) // 2, len(item.data) - 1}):
        changed = bytearray(item.data)
        changed[at] ^= 1 << at % 8
        yield replace(item, data=bytes(changed))
    yield replace(item, data=item.data + b"\0")


def test_every_item_moves_every_later_draw():
    items, _, drawn = whole()
    assert len(items) > 300 and sum(map(bool, drawn)) > 100
    still = {(k, item.label, label) for k, item in enumerate(items) for f in flips(item) for label in unmoved(k, [f])}
    assert still == set()


def test_every_item_counts_by_its_label_and_its_type():
    """The same bytes as another message: a label one letter longer, or another type of data, each type in its turn."""
    items, _, _ = whole()
    still = set()
    for k, item in enumerate(items):
        others = [replace(item, label=f"{item.label}s")]
        if item.kind not in (*DRAWN, Kind.ZEROS):
            data_types = [kind for kind in Kind if kind not in (item.kind, *DRAWN, Kind.ZEROS)]
            others.append(replace(item, kind=data_types[k % len(data_types)]))
        if item.kind is Kind.CHALLENGE:
            others.append(replace(item, kind=Kind.INTEGERS, data=item.size.to_bytes(8, "little")))
        still |= {(k, item.label, label) for other in others for label in unmoved(k, [other])}
    assert still == set()


def test_any_two_labels_swapped_move_every_later_draw():
    items, _, _ = whole()
    first = {
        label: next(k for k, item in enumerate(items) if item.label == label) for label in {i.label for i in items}
    }
    # Zeros are a megabyte: swapped with their neighbours only.
    zeros = first.pop("zeros")
    pairs = [*combinations(sorted(first.values()), 2), (zeros - 1, zeros), (zeros, zeros + 1)]
    still = set()
    for i, j in pairs:
        if i < zeros < j and i + 1 < zeros:
            continue
        swapped = [items[j], *items[i + 1 : j], items[i]]
        still |= {(items[i].label, items[j].label, label) for label in unmoved(i, swapped)}
    assert len(pairs) > 500 and still == set()


@pytest.mark.parametrize("make", [tiny, mixed])
def test_every_absorbed_byte_of_a_proof_moves_what_follows_and_nothing_before(make):
    """On the proof file itself: a byte of some elements of each part, changed before the verifier reads it."""
    made, x = make()
    proof = made.prove(made.witness(x), b"coverage")
    items, honest = recorded(made, proof.to_bytes())
    start, seen = 0, 0
    for name, data in proof.sections():
        size = {"outputs": 8, "scalars": 16, "y": 16, "reveals": 16}.get(name, max(1, len(data)))
        absorbed = name in ABSORBED
        step = max(1, len(data) // size // SAMPLES)
        for at in range(start + LENGTH.get(name, 0), start + len(data), size * step) if absorbed else ():
            changed = bytearray(proof.to_bytes())
            changed[at] ^= 1
            again, draws = recorded(made, bytes(changed))
            assert [item.label for item in again] == [item.label for item in items]
            (k,) = (k for k, (old, new) in enumerate(zip(items, again, strict=True)) if old.data != new.data)
            before = sum(item.kind in DRAWN for item in items[:k])
            assert draws[:before] == honest[:before]
            assert [i for i in range(before, len(honest)) if honest[i] and draws[i] == honest[i]] == []
            seen += 1
        start += len(data)
    assert seen >= 30


SAMPLES = 12
LENGTH = {"context": 8}
ABSORBED = {
    "context",
    "outputs",
    "root of A",
    "root of Q",
    "scalars",
    "y",
    "reveals",
    "proximity vector",
    "linear vector",
}
"""The other parts belong to roots: columns, salts and siblings are checked against them. Two name the statement."""
