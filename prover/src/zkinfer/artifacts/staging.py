"""Files that appear whole or not at all: written under temporary names, flushed to the disk, then renamed in order."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zkinfer_verify.errors import UsageError

CHUNK = 1 << 24


class Staging:
    """Temporary files in a folder. `place` makes one; the last one placed is the last one renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.placed: list[tuple[Path, Path]] = []

    def place(self, name: str, size: int | None = None) -> Path:
        """Return the temporary file that will become `name`; with a size, its blocks are on the disk already.

        Errors: OSError, before anything is written, when the disk has no room for that size.
        """
        target = self.folder / name
        require_writable(target)
        temporary = target.with_name(f".{name}.{os.getpid()}.tmp")
        self.placed.append((temporary, target))
        with temporary.open("wb") as file:
            if size is not None:
                reserve(file.fileno(), size)
        return temporary

    def write(self, name: str, data: bytes) -> None:
        """Place a file with these bytes."""
        with self.place(name).open("wb") as file:
            file.write(data)

    def publish(self) -> None:
        """Flush all files to the disk and give them their names, in the order in which they were placed."""
        for temporary, _ in self.placed:
            _flush(temporary)
        for temporary, target in self.placed:
            temporary.replace(target)
            _flush(self.folder)

    def discard(self) -> None:
        """Remove the temporary files that are left."""
        for temporary, _ in self.placed:
            temporary.unlink(missing_ok=True)


@contextmanager
def staged(folder: Path) -> Iterator[Staging]:
    """Stage files in an existing folder: all get their names when the block ends, none if it fails.

    Errors: UsageError naming the folder and the system's reason, a full disk for one.
    """
    staging = Staging(folder)
    try:
        yield staging
        staging.publish()
    except OSError as error:
        raise UsageError(
            f"{_culprit(staging, error)}: cannot be written ({error.strerror}); {_remedy(error)}."
        ) from error
    finally:
        staging.discard()


@contextmanager
def locked(folder: Path, names: tuple[str, ...]) -> Iterator[None]:
    """Hold a folder for one writer, and remove what a killed writer of these names has left there.

    Errors: UsageError when another process holds it, or when it is no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made a folder ({error.strerror}); choose another place.") from error
    try:
        _lock(descriptor, folder)
        for name in names:
            for leftover in folder.glob(f".{name}.*.tmp"):
                leftover.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


def require_writable(path: Path) -> None:
    """Check early that a file can be made here: long work should not end with a wrong path.

    Errors: UsageError for a folder or a device of this name, and for a folder that is missing or cannot be written to.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is not a regular file; choose the path of a file.")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first or choose another place.")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path}: the folder {path.parent} cannot be written to; choose another place.")


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Errors: UsageError naming the path and the system's reason.
    """
    with staged(path.parent) as staging:
        staging.write(path.name, data)


def reserve(descriptor: int, size: int) -> None:
    """Give a file `size` bytes on the disk now: a mapped file on a full disk would kill the process later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    for start in range(0, size, CHUNK):
        os.write(descriptor, bytes(min(CHUNK, size - start)))


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(f"{folder}: another setup is writing here; wait for it or choose another folder.") from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _culprit(staging: Staging, error: OSError) -> Path:
    """The file as the person named it: the one whose temporary failed, or the last one placed."""
    named = {str(temporary): target for temporary, target in staging.placed}
    return named.get(str(error.filename), staging.placed[-1][1] if staging.placed else staging.folder)


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "free some space or choose another place; nothing was left behind"
    return "check the path and its permissions"
