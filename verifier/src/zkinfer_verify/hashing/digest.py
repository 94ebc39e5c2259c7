"""SHA-256 with domain tags, and the encodings of everything that is hashed or sent."""

import hashlib
import struct
from collections.abc import Sequence
from itertools import chain

from zkinfer_verify.field.extension import Ext, from_pairs

DIGEST_BYTES = 32
SALT_BYTES = 32
TAG_BYTES = 16


def tag(name: str) -> bytes:
    """Return the 16-byte domain tag of a hash's use: ASCII, padded with zero bytes."""
    encoded = name.encode("ascii")
    if len(encoded) > TAG_BYTES:
        raise ValueError(f"tag {name!r} is longer than {TAG_BYTES} bytes")
    return encoded.ljust(TAG_BYTES, b"\0")


LEAF_WEIGHTS = tag("zkinfer1/leaf/W")
LEAF_WITNESS = tag("zkinfer1/leaf/A")
LEAF_PADS = tag("zkinfer1/leaf/Q")
NODE = tag("zkinfer1/node")
STATEMENT = tag("zkinfer1/stmt")
MODEL = tag("zkinfer1/model")
TRANSCRIPT = tag("zkinfer1/trans")


def sha256(*parts: bytes) -> bytes:
    """Return the SHA-256 digest of the parts' concatenation."""
    return hashlib.sha256(b"".join(parts)).digest()


def encode_u64(value: int) -> bytes:
    """Encode 0 <= value < 2^64 as eight bytes little-endian."""
    return value.to_bytes(8, "little")


def encode_base(elements: Sequence[int]) -> bytes:
    """Encode canonical elements of F, eight bytes little-endian each."""
    return struct.pack(f"<{len(elements)}Q", *elements)


def encode_ext(elements: Sequence[Ext]) -> bytes:
    """Encode elements of E, c0 then c1 each."""
    return struct.pack(f"<{2 * len(elements)}Q", *chain.from_iterable(elements))


def encode_i64(values: Sequence[int]) -> bytes:
    """Encode signed integers, -2^63 <= value < 2^63, eight bytes little-endian each."""
    return struct.pack(f"<{len(values)}q", *values)


def decode_base(data: bytes) -> tuple[int, ...]:
    """Decode elements of F without checking that they are canonical; len(data) a multiple of eight."""
    return struct.unpack(f"<{len(data) // 8}Q", data)


def decode_ext(data: bytes) -> list[Ext]:
    """Decode canonical elements of E; len(data) a multiple of sixteen."""
    return from_pairs(struct.iter_unpack("<2Q", data))
