"""Step 6: a Merkle tree in which the opened leaves alone have a preimage."""

from collections.abc import Mapping
from random import Random

from zkinfer_verify.hashing.digest import DIGEST_BYTES
from zkinfer_verify.hashing.merkle import node_digest


def simulate_tree(depth: int, opened: Mapping[int, bytes], coins: Random) -> tuple[bytes, bytes]:
    """Return (root, siblings) of a tree of 2^depth leaves: the opened ones, and random digests elsewhere."""
    level = [opened.get(j) or coins.randbytes(DIGEST_BYTES) for j in range(1 << depth)]
    known, siblings = sorted(opened), b""
    for _ in range(depth):
        siblings += b"".join(level[j ^ 1] for j in known if j ^ 1 not in known)
        level = [node_digest(level[j], level[j + 1]) for j in range(0, len(level), 2)]
        known = sorted({j >> 1 for j in known})
    return level[0], siblings
