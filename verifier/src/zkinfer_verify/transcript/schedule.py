"""The schedule of a protocol run, as data: who sends what, under which label, of which type, how many."""

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """The type of a transcript item; its value is the byte that is hashed before the item."""

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

    def fits(self, planned: "Message") -> bool:
        """Whether this item is the planned one; a planned size of None fits any."""
        return self == planned or (planned.size is None and self[:3] == planned[:3])
