"""The kernels that hash, by their definitions: a part of plain.py."""

from collections.abc import Iterable
from hashlib import sha256
from struct import pack

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Vector


def hash_leaves(
    tag: bytes, matrix: Vector, salts: NDArray[np.uint8], positions: Vector | None = None
) -> NDArray[np.uint8]:
    """Return SHA-256(tag || j || salt j || row j) for each row j; j and the row's words as 8 bytes little-endian.

    positions: what stands for each row's index j, if given.
    Shapes: matrix (n, m), salts (n, 0) or (n, 32), positions (n,), to (n, 32).
    """
    places = range(len(matrix)) if positions is None else positions.tolist()
    leaves = (
        sha256(tag + place.to_bytes(8, "little") + salt.tobytes() + row.astype("<u8").tobytes()).digest()
        for place, salt, row in zip(places, salts, matrix, strict=True)
    )
    return _digests(leaves)


def keystream(secret: bytes, draw: int, blocks: int) -> NDArray[np.uint8]:
    """Return a stream of pseudorandom bytes: block i is SHA-256(secret || draw || i), numbers 8 bytes little-endian.

    Shapes: to (blocks, 32).
    """
    return _digests([sha256(secret + pack("<QQ", draw, i)).digest() for i in range(blocks)])


def merkle_levels(tag: bytes, leaves: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a tree's levels, the leaves first and the root last; a node is SHA-256(tag || left || right).

    Shapes: (n, 32), n a power of two, to (2n - 1, 32).
    """
    nodes = [leaf.tobytes() for leaf in leaves]
    # Node k of all has the children 2k and 2k + 1, counted from the leaves on.
    for k in range(len(leaves) - 1):
        nodes.append(sha256(tag + nodes[2 * k] + nodes[2 * k + 1]).digest())
    return _digests(nodes)


def multiproof_root(
    tag: bytes, depth: int, positions: Vector, leaves: NDArray[np.uint8], siblings: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the root of a tree of 2^depth leaves from the leaves at ascending positions and their paths' siblings.

    Shapes: positions (t,), leaves (t, 32), siblings (s, 32), level by level and by position, to (32,).
    """
    following = iter(siblings)
    level = dict(zip(positions.tolist(), leaves, strict=True))
    for _ in range(depth):
        for index in sorted(level):
            if index ^ 1 not in level:
                level[index ^ 1] = next(following)
        nodes = {k >> 1: (level[k], level[k + 1]) for k in level if k % 2 == 0}
        level = {k: _digests([sha256(tag + b"".join(pair)).digest()])[0] for k, pair in nodes.items()}
    return np.array(level[0], dtype=np.uint8)


def _digests(digests: Iterable[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 32).copy()
