"""The Fiat-Shamir transcript: one typed sponge over SHA-256.

    state' = SHA-256(state, type byte, length of label, label, length of data as u64, data)
    squeezed block i = SHA-256(state, "s", i as u64)

A challenge first absorbs its own label and count, so it depends on everything sent so far and has one use. A run's
transcript is given the run's schedule and takes no item but the next one: no challenge can be asked for too early.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest
from struct import Struct

from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import EXT_BYTES, ONE, Ext, from_pairs
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import TRANSCRIPT, encode_base, encode_ext, encode_u64, sha256
from zkinfer_verify.transcript.schedule import Kind, Message

_ZEROS = bytes(1 << 20)
_BLOCK = Struct("<4Q")


class Transcript:
    """Absorbs messages and draws the challenges that depend on them."""

    def __init__(self) -> None:
        self._state = sha256(TRANSCRIPT)
        self.record: list[Message] = []
        self._schedule: Sequence[Message] | None = None

    @classmethod
    def following(cls, schedule: Sequence[Message]) -> "Transcript":
        """Return a transcript of exactly these items in this order; without a schedule all items are taken.

        Errors: InternalError from then on, for any item but the next one.
        """
        transcript = cls()
        transcript._schedule = schedule
        return transcript

    @property
    def state(self) -> bytes:
        """The 32-byte state: equal for two runs that absorbed the same items."""
        return self._state

    def finish(self) -> None:
        """Check that no item is missing.

        Errors: InternalError when the schedule goes on.
        """
        if self._schedule is not None and len(self.record) < len(self._schedule):
            raise InternalError(f"transcript ends before {self._schedule[len(self.record)]}")

    def absorb_bytes(self, label: str, data: bytes, *, sender: str = "statement") -> None:
        """Absorb a string of bytes of any length."""
        self._absorb(Kind.BYTES, label, data, sender, len(data))

    def absorb_digest(self, label: str, digest: bytes, *, sender: str = "statement") -> None:
        """Absorb one 32-byte digest."""
        self._absorb(Kind.DIGEST, label, digest, sender, 1)

    def absorb_integers(self, label: str, values: Sequence[int], *, sender: str = "statement") -> None:
        """Absorb integers in [0, 2^64)."""
        self._absorb(Kind.INTEGERS, label, b"".join(map(encode_u64, values)), sender, len(values))

    def absorb_base(self, label: str, elements: Sequence[int], *, sender: str = "prover") -> None:
        """Absorb canonical elements of F."""
        self._absorb(Kind.BASE, label, encode_base(elements), sender, len(elements))

    def absorb_ext(self, label: str, elements: Sequence[Ext], *, sender: str = "prover") -> None:
        """Absorb elements of E."""
        self._absorb(Kind.EXT, label, encode_ext(elements), sender, len(elements))

    def absorb_ext_bytes(self, label: str, encoded: bytes, *, sender: str = "prover") -> None:
        """Absorb elements of E that are encoded already: the same state as `absorb_ext` of their decoding."""
        self._absorb(Kind.EXT, label, encoded, sender, len(encoded) // 16)

    def absorb_zeros(self, label: str, count: int) -> None:
        """Absorb a run of zero bytes: the work that a hostile network cannot do inside itself [2025/118]."""
        self._take(Message("statement", label, Kind.ZEROS, count))
        digest = hashlib.sha256(self._state + _header(Kind.ZEROS, label, count))
        for _ in range(count // len(_ZEROS)):
            digest.update(_ZEROS)
        digest.update(_ZEROS[: count % len(_ZEROS)])
        self._state = digest.digest()

    def challenge(self, label: str) -> Ext:
        """Draw one nonzero element of E."""
        return self.challenges(label, 1)[0]

    def challenges(self, label: str, count: int) -> list[Ext]:
        """Draw independent nonzero elements of E: two words each; words >= p and zero elements are redrawn."""
        self._absorb(Kind.CHALLENGE, label, encode_u64(count), "verifier", count)
        return _elements(self._state, count)

    def rounds(self, label: str, encoded: bytes, num_rounds: int, degree: int) -> list[Ext]:
        """Absorb the rounds of a sumcheck: `degree` elements of E one by one, then a challenge, `num_rounds` times.

        The same state and challenges as of `absorb_ext_bytes` and `challenge` in turn.
        """
        self._take(*_rounds(label, num_rounds, degree))
        sent, drawn = _header(Kind.EXT, label, EXT_BYTES), _header(Kind.CHALLENGE, label, 8) + encode_u64(1)
        state, point, size = self._state, list[Ext](), EXT_BYTES * degree
        for start in range(0, num_rounds * size, size):
            for at in range(start, start + size, EXT_BYTES):
                state = hashlib.sha256(state + sent + encoded[at : at + EXT_BYTES]).digest()
            state = hashlib.sha256(state + drawn).digest()
            point += _elements(state, 1)
        self._state = state
        return point

    def positions(self, label: str, length: int, count: int) -> list[int]:
        """Draw distinct positions below `length` (a power of two), ascending: masked words, redrawn on repetition."""
        self._absorb(Kind.POSITIONS, label, encode_u64(count), "verifier", count)
        words, seen = _words(self._state), set[int]()
        while len(seen) < count:
            seen.add(next(words) & (length - 1))
        return sorted(seen)

    def _absorb(self, kind: Kind, label: str, data: bytes, sender: str, count: int) -> None:
        self._take(Message(sender, label, kind, count))
        self._state = hashlib.sha256(self._state + _header(kind, label, len(data)) + data).digest()

    def _take(self, *items: Message) -> None:
        taken = len(self.record)
        planned = items if self._schedule is None else self._schedule[taken : taken + len(items)]
        if planned != items:
            for item, plan in zip_longest(items, planned):
                if plan is None or not plan.allows(item):
                    raise InternalError(f"transcript is asked for {item}, its schedule goes on with {plan}")
        self.record += planned


class Recorder(Transcript):
    """Records the items of a run on nothing, and hashes nothing: every challenge is one."""

    def challenges(self, label: str, count: int) -> list[Ext]:
        """Record the challenges."""
        self._absorb(Kind.CHALLENGE, label, b"", "verifier", count)
        return [ONE] * count

    def rounds(self, label: str, encoded: bytes, num_rounds: int, degree: int) -> list[Ext]:
        """Record the rounds."""
        self._take(*_rounds(label, num_rounds, degree))
        return [ONE] * num_rounds

    def _absorb(self, kind: Kind, label: str, data: bytes, sender: str, count: int) -> None:
        self._take(Message(sender, label, kind, count))


@lru_cache(maxsize=1 << 12)
def _header(kind: Kind, label: str, length: int) -> bytes:
    """Return what stands between state and data: the type, the label's length, the label, the data's length."""
    encoded = label.encode("ascii")
    return kind + bytes((len(encoded),)) + encoded + encode_u64(length)


@lru_cache(maxsize=1 << 10)
def _rounds(label: str, num_rounds: int, degree: int) -> tuple[Message, ...]:
    sent, drawn = Message("prover", label, Kind.EXT, 1), Message("verifier", label, Kind.CHALLENGE, 1)
    return (*(sent,) * degree, drawn) * num_rounds


def _elements(state: bytes, count: int) -> list[Ext]:
    words = _words(state)
    c0, c1 = next(words), next(words)
    if count == 1 and c0 < P and c1 < P and (c0 or c1):  # as nearly always
        return from_pairs(((c0, c1),))
    canonical = filter(P.__gt__, chain((c0, c1), words))
    # One iterator twice: each pair takes the next two words.
    pairs = filter(any, zip(canonical, canonical, strict=False))
    return from_pairs(islice(pairs, count))


def _words(state: bytes) -> Iterator[int]:
    block = 0
    while True:
        yield from _BLOCK.unpack(hashlib.sha256(state + b"s" + encode_u64(block)).digest())
        block += 1
