"""The schedule of a protocol run, as data: who sends what, under which label, of which type, how many."""

from enum import Enum
from typing import NamedTuple


class Kind(bytes, Enum):
    """The type of a transcript item: the byte that is hashed before the item."""

    BYTES = b"b"
    DIGEST = b"d"
    INTEGERS = b"i"
    ZEROS = b"z"
    BASE = b"f"
    EXT = b"e"
    CHALLENGE = b"c"
    POSITIONS = b"p"


class Message(NamedTuple):
    """One item of a transcript.

    sender: "statement" (both sides know it), "prover" or "verifier"; size: elements, or bytes for BYTES and ZEROS;
    None in a schedule where the proof decides: the length of its context.
    """

    sender: str
    label: str
    kind: Kind
    size: int | None

    def allows(self, item: "Message") -> bool:
        """Whether an item is this planned one; a planned size of None fits any."""
        return self[:3] == item[:3] and self.size in (item.size, None)
