"""Commit to rows: codewords on the coset, salted leaves, a Merkle tree; open columns at positions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer_verify.hashing.digest import DIGEST_BYTES, NODE


@dataclass(frozen=True)
class Committed:
    """A committed matrix: code (n, width), one row a position; salts (n, 32) or (n, 0); all levels of the tree."""

    code: NDArray[np.uint64]
    salts: NDArray[np.uint8]
    levels: NDArray[np.uint8]

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return bytes(self.levels[-1])

    def open_columns(self, positions: Sequence[int]) -> tuple[bytes, bytes, bytes]:
        """Return (columns, salts, siblings) at ascending positions, encoded."""
        chosen = list(positions)
        return (
            self._columns(chosen).astype("<u8", copy=False).tobytes(),
            self.salts[chosen].tobytes(),
            self._siblings(chosen),
        )

    def _columns(self, positions: list[int]) -> NDArray[np.uint64]:
        """Return the columns at these positions, one a row."""
        return self.code[positions]

    def _siblings(self, positions: Sequence[int]) -> bytes:
        """Return the multiproof: siblings that the opened leaves do not determine, level by level."""
        nodes, start, size = [], 0, len(self.code)
        level = list(positions)
        while size > 1:
            known = set(level)
            nodes += [start + (index ^ 1) for index in level if index ^ 1 not in known]
            level = sorted({index >> 1 for index in level})
            start, size = start + size, size // 2
        return self.levels[nodes].tobytes()

    def __repr__(self) -> str:
        return f"Committed({self.root.hex()})"


def commit_rows(
    kernels: Kernels, tag: bytes, rows: NDArray[np.uint64], length: int, salts: NDArray[np.uint8]
) -> Committed:
    """Encode rows of coefficients to `length` positions and build the tree.

    salts: (length, 32) fresh bytes, or (length, 0). The code tells the rows: whoever asked for it wipes it, and if this
    fails it is wiped here.
    """
    code = np.empty((length, len(rows)), dtype=np.uint64)
    try:
        kernels.encode_rows_into(rows, code, 0)
        leaves = kernels.hash_leaves(tag, code, salts)
        levels = kernels.merkle_levels(NODE, leaves)
        if levels.shape != (2 * length - 1, DIGEST_BYTES):
            raise ValueError("the tree has the wrong number of nodes")
        return Committed(code, salts, levels)
    except BaseException:
        code.fill(0)
        raise
