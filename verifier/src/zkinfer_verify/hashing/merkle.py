"""Merkle trees over the columns of a codeword matrix, opened at a set of positions by one multiproof.

A leaf commits to one column: SHA-256(tag of the oracle, position, salt, column). An inner node has a tag of its own,
so a leaf can never be read as a node. A multiproof lists, level by level from the leaves and by ascending index, the
siblings that cannot be computed from the opened leaves: it is determined by the positions, so there is one encoding
only.
"""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

from zkinfer_verify.hashing.digest import DIGEST_BYTES, NODE, encode_u64, sha256


def leaf_digest(leaf_tag: bytes, position: int, salt: bytes, column: bytes) -> bytes:
    """Return the digest of one column: SHA-256(tag, position as u64, salt, elements of F)."""
    return sha256(leaf_tag, encode_u64(position), salt, column)


def node_digest(left: bytes, right: bytes) -> bytes:
    """Return the digest of an inner node."""
    return hashlib.sha256(NODE + left + right).digest()


def sibling_count(depth: int, positions: Sequence[int]) -> int:
    """Return how many digests a multiproof of these positions, distinct and ascending, holds.

    One at each level for the first position. Each further path meets that of the position before it n levels up: it has
    n - 1 of its own, and of the siblings there one less is missing.
    """
    return depth + sum((left ^ right).bit_length() - 2 for left, right in pairwise(positions))


def root_of(depth: int, positions: Sequence[int], leaves: Sequence[bytes], siblings: bytes) -> bytes:
    """Recompute the root of a tree of 2^depth leaves from opened leaves and a multiproof.

    positions: distinct, ascending; leaves: their digests; siblings: `sibling_count` digests, concatenated.
    """
    missing = (siblings[i : i + DIGEST_BYTES] for i in range(0, len(siblings), DIGEST_BYTES))
    level = dict(zip(positions, leaves, strict=True))
    for _ in range(depth):
        # Of two children one is known at least; in this order the other is the next sibling.
        level = {
            parent: node_digest(level.get(2 * parent) or next(missing), level.get(2 * parent + 1) or next(missing))
            for parent in dict.fromkeys(index >> 1 for index in level)
        }
    return level[0]
