"""The committed weights W: rows of integers, and the code that anyone recomputes from a public model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.prove.commit import Committed
from zkinfer_verify.hashing.digest import LEAF_WEIGHTS, NODE

CHUNK = 64


@dataclass(frozen=True)
class Weights:
    """blocks: (first row, rows of K narrow integers); committed: the code of all rows."""

    blocks: Sequence[tuple[int, NDArray[Any]]]
    committed: Committed


def encode_weights(kernels: Kernels, blocks: Sequence[tuple[int, NDArray[Any]]], code: NDArray[np.uint64]) -> None:
    """Write the codewords of all rows into `code` (n, weight_rows), chunk by chunk."""
    for first, rows in blocks:
        for start in range(0, len(rows), CHUNK):
            piece = rows[start : start + CHUNK]
            elements = kernels.to_field(piece.astype(np.int64).reshape(-1)).reshape(piece.shape)
            kernels.encode_rows_into(elements, code, first + start)


def commit_weights(kernels: Kernels, code: NDArray[np.uint64]) -> Committed:
    """Build the tree over encoded weights; a public model's leaves have no salt."""
    salts = np.empty((len(code), 0), dtype=np.uint8)
    levels = kernels.merkle_levels(NODE, kernels.hash_leaves(LEAF_WEIGHTS, code, salts))
    return Committed(code, salts, levels)


def is_whole(kernels: Kernels, committed: Committed) -> bool:
    """Tell whether code and tree belong together; it hashes all of them, so it is asked once a proof has failed."""
    return np.array_equal(commit_weights(kernels, committed.code).levels, committed.levels)
