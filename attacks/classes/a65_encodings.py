"""A proof's bytes are not the one encoding of it: not canonical, cut off, too long, left over."""

from collections.abc import Callable, Iterator
from functools import cache, partial

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.networks import tiny
from zkinfer_verify.field.prime import P
from zkinfer_verify.proof.proof import Proof

SEED = b"encodings"
ELEMENTS = (
    "scalars",
    "y",
    "reveals",
    "proximity vector",
    "linear vector",
    "columns of W",
    "columns of A",
    "columns of Q",
)


@cache
def honest() -> Proof:
    """Return an honest proof."""
    made, x = tiny()
    return made.prove(made.witness(x), SEED)


def edited(section: str, edit: Callable[[bytes], bytes]) -> Forged:
    """Edit the bytes of one section of an honest proof."""
    parts = (edit(data) if name == section else data for name, data in honest().sections())
    return Forged(tiny()[0].statement, b"".join(parts))


def element(value: int, data: bytes) -> bytes:
    """Write a number for the first element."""
    return value.to_bytes(8, "little") + data[8:]


def last_element(value: int, data: bytes) -> bytes:
    """Write a number for the last element."""
    return data[:-8] + value.to_bytes(8, "little")


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    for section in ELEMENTS:
        for value, name in ((P, "p"), (P + 1, "p + 1"), (2**64 - 1, "2^64 - 1")):
            yield Attack(f"{section}: {name}", partial(edited, section, partial(element, value)), f"p in its {section}")
        yield Attack(f"{section}: ends in p", partial(edited, section, partial(last_element, P)), "element >= p")
    edits: tuple[tuple[str, str, Callable[[bytes], bytes], str], ...] = (
        ("another format", "magic and version", lambda data: b"ZKJPROF\0" + data[8:], "this is not a zkinfer proof"),
        ("another version", "magic and version", lambda data: data[:8] + (2).to_bytes(8, "little"), "format version 2"),
        ("a context without end", "context", lambda data: b"\xff" * 8 + data[8:], "announces a context of"),
        ("a context one longer", "context", lambda data: bytes([data[0] + 1]) + data[1:], "beyond its declared bound"),
        ("a scalar missing", "scalars", lambda data: data[:-16], CONSTRAINT),
        ("a scalar left over", "scalars", lambda data: data + bytes(16), CONSTRAINT),
        ("a byte after the end", "Merkle siblings", lambda data: data + b"\0", "1 bytes after its end"),
        ("a sibling after the end", "Merkle siblings", lambda data: data + bytes(32), "32 bytes after its end"),
        (
            "the proof after the end",
            "Merkle siblings",
            lambda data: data + honest().to_bytes(),
            "more than this statement",
        ),
    )
    for name, section, edit, stopped_by in edits:
        yield Attack(name, partial(edited, section, edit), stopped_by)
