"""The Fiat-Shamir transcript: one typed sponge over SHA-256.

    state' = SHA-256(state, type byte, length of label, label, length of data as u64, data)
    squeezed block i = SHA-256(state, "s", i as u64)

A challenge first absorbs its own label and count, so it depends on everything sent so far and has one use. A run's
transcript is given the run's schedule and takes no item but the next one: no challenge can be asked for too early.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from struct import Struct

from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import ONE, Ext, from_pairs
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
        self._take("statement", label, Kind.ZEROS, count)
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
        canonical = filter(P.__gt__, self._squeeze(Kind.CHALLENGE, label, count))
        # One iterator twice: each pair takes the next two words.
        pairs = filter(any, zip(canonical, canonical, strict=False))
        return from_pairs(islice(pairs, count))

    def positions(self, label: str, length: int, count: int) -> list[int]:
        """Draw distinct positions below `length` (a power of two), ascending: masked words, redrawn on repetition."""
        words = self._squeeze(Kind.POSITIONS, label, count)
        seen: set[int] = set()
        while len(seen) < count:
            seen.add(next(words) & (length - 1))
        return sorted(seen)

    def _absorb(self, kind: Kind, label: str, data: bytes, sender: str, count: int) -> None:
        self._take(sender, label, kind, count)
        self._state = hashlib.sha256(self._state + _header(kind, label, len(data)) + data).digest()

    def _take(self, sender: str, label: str, kind: Kind, size: int) -> None:
        if self._schedule is None:
            self.record.append(Message(sender, label, kind, size))
            return
        planned = self._schedule[len(self.record)] if len(self.record) < len(self._schedule) else None
        if planned is None or (
            planned != (sender, label, kind, size) and not planned.allows(sender, label, kind, size)
        ):
            item = Message(sender, label, kind, size)
            raise InternalError(f"transcript is asked for {item}, its schedule goes on with {planned}")
        self.record.append(planned)

    def _squeeze(self, kind: Kind, label: str, count: int) -> Iterator[int]:
        self._absorb(kind, label, encode_u64(count), "verifier", count)
        return _words(self._state)


class Recorder(Transcript):
    """Records the items of a run on nothing, and hashes nothing: every challenge is one."""

    def challenges(self, label: str, count: int) -> list[Ext]:
        """Record the challenges."""
        self._absorb(Kind.CHALLENGE, label, b"", "verifier", count)
        return [ONE] * count

    def _absorb(self, kind: Kind, label: str, data: bytes, sender: str, count: int) -> None:
        self._take(sender, label, kind, count)


@lru_cache(maxsize=1 << 12)
def _header(kind: Kind, label: str, length: int) -> bytes:
    """Return what stands between state and data: the type, the label's length, the label, the data's length."""
    encoded = label.encode("ascii")
    return kind + bytes((len(encoded),)) + encoded + encode_u64(length)


def _words(state: bytes) -> Iterator[int]:
    block = 0
    while True:
        yield from _BLOCK.unpack(hashlib.sha256(state + b"s" + encode_u64(block)).digest())
        block += 1
