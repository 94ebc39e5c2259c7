"""KEYS/weights.code: the codewords of the weights and their tree; a proof reads only the columns it opens.

Magic, version, statement digest, u64 n, u64 rows; the code, n x rows elements of F, one position after the other;
the tree, 2n - 1 nodes of 32 bytes, leaves first. All little-endian.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zkinfer.artifacts.header import AGAIN, check_header, check_size, pack_header
from zkinfer.artifacts.staging import Staging
from zkinfer.prove.commit import Committed
from zkinfer_verify.errors import UsageError
from zkinfer_verify.hashing.digest import DIGEST_BYTES
from zkinfer_verify.statement.statement import Statement

NAME = "weights.code"
MAGIC = b"ZKICODE\0"
VERSION = 1
PREFIX = 64


def file_size(length: int, rows: int) -> int:
    """Return the file's size for n = length positions."""
    return PREFIX + 8 * length * rows + DIGEST_BYTES * (2 * length - 1)


@dataclass(frozen=True)
class CodeFile:
    """A file in the making: `code` is mapped for writing; `finish` adds the tree and the header."""

    path: Path
    code: NDArray[np.uint64]

    def flush(self) -> None:
        """Write what is encoded through to the disk; the pages stay readable meanwhile."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def finish(self, committed: Committed, statement: Statement) -> None:
        """Write the tree, and then the header that makes the file valid."""
        length, rows = self.code.shape
        if isinstance(self.code, np.memmap):
            self.code.flush()
        with self.path.open("r+b") as file:
            file.seek(PREFIX + self.code.nbytes)
            file.write(np.ascontiguousarray(committed.levels).data)
            file.seek(0)
            file.write(pack_header(MAGIC, VERSION) + statement.digest + struct.pack("<QQ", length, rows))


def stage_code(staging: Staging, length: int, rows: int) -> CodeFile:
    """Place the file with all its blocks reserved, and map its code for writing.

    Errors: OSError when the disk has no room.
    """
    path = staging.place(NAME, file_size(length, rows))
    return CodeFile(path, np.memmap(path, dtype="<u8", mode="r+", offset=PREFIX, shape=(length, rows)))


@dataclass(frozen=True, repr=False)
class StoredCode(Committed):
    """A committed code in a file. Its columns are read: through the mapping each might bring megabytes with it."""

    path: Path

    def _columns(self, positions: list[int]) -> NDArray[np.uint64]:
        """Read the columns at these positions. Errors: UsageError when the file has become shorter."""
        columns = np.empty((len(positions), self.code.shape[1]), dtype="<u8")
        size = 8 * columns.shape[1]
        with self.path.open("rb") as file:
            if hasattr(os, "posix_fadvise"):
                # The disk is told of all before the first is waited for: a third less time when none is in memory.
                for position in positions:
                    os.posix_fadvise(file.fileno(), PREFIX + position * size, size, os.POSIX_FADV_WILLNEED)
            for column, position in zip(columns, positions, strict=True):
                if os.preadv(file.fileno(), [column.data], PREFIX + position * size) != size:
                    raise UsageError(f"{self.path}: ends before the code that it held, it is damaged; {AGAIN}.")
        return columns


def read_code(path: Path, statement: Statement, length: int) -> Committed:
    """Return the code of a statement's weights, n = length, mapped read-only, and its tree.

    Errors: UsageError naming the file when it cannot be read, is damaged, or belongs to another statement.
    """
    try:
        with path.open("rb") as file:
            prefix = file.read(PREFIX)
        size = path.stat().st_size
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {AGAIN}.") from error
    check_header(path, prefix, MAGIC, VERSION)
    rows = statement.weight_rows
    if prefix[16:] != statement.digest + struct.pack("<QQ", length, rows):
        raise UsageError(f"{path}: belongs to another statement than the one beside it; {AGAIN}.")
    check_size(path, size, file_size(length, rows))
    code = np.memmap(path, dtype="<u8", mode="r", offset=PREFIX, shape=(length, rows))
    # A proof reads nodes all over the tree, which is small beside the code.
    levels = np.fromfile(path, dtype=np.uint8, offset=PREFIX + code.nbytes).reshape(2 * length - 1, DIGEST_BYTES)
    if levels[-1].tobytes() != statement.weight_root:
        raise UsageError(f"{path}: its tree has another root than the statement, it is damaged; {AGAIN}.")
    return StoredCode(code, np.empty((length, 0), dtype=np.uint8), levels, path)
