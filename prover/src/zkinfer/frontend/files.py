"""Files in and out: read once, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from zkinfer_verify.errors import UsageError


def read_file(path: Path) -> bytes:
    """The file's bytes, or a UsageError that names the file and the system's reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path.") from error


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes the name `path` when the block ends, and leaves nothing if it fails.

    The temporary file stands in the same folder, since only there is a rename atomic.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place.") from error
    finally:
        temporary.unlink(missing_ok=True)
