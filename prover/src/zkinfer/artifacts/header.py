"""What our binary files start with, and the one sentence for a file that is not what it should be."""

import struct
from pathlib import Path

from zkinfer_verify.errors import UsageError

AGAIN = "run zkinfer setup again"


def pack_header(magic: bytes, version: int) -> bytes:
    """Eight bytes of magic, then the version."""
    return magic + struct.pack("<Q", version)


def check_header(path: Path, data: bytes, magic: bytes, version: int) -> None:
    """Check magic and version.

    Errors: UsageError naming the file and what to do.
    """
    if data[:8] != magic:
        raise UsageError(f"{path}: is not a {path.name} of zkinfer, its first eight bytes differ; {AGAIN}.")
    (found,) = struct.unpack("<Q", data[8:16].ljust(8, b"\0"))
    if found != version:
        raise UsageError(f"{path}: has format version {found}, this program reads version {version}; {AGAIN}.")


def check_size(path: Path, actual: int, expected: int) -> None:
    """Check a file's size before anything of that size is allocated or mapped.

    Errors: UsageError naming the file and both sizes.
    """
    if actual != expected:
        raise UsageError(f"{path}: has {actual} bytes where {expected} are expected, it is damaged; {AGAIN}.")
