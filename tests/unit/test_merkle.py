"""Merkle multiproofs: one encoding for each set of positions; every leaf, position, salt and sibling counts."""

from itertools import combinations

from zkinfer_verify.hashing.digest import LEAF_PADS, LEAF_WITNESS, NODE, sha256
from zkinfer_verify.hashing.merkle import leaf_digest, node_digest, root_of, sibling_count

DEPTH = 3
LEAVES = [leaf_digest(LEAF_WITNESS, k, bytes([k]) * 32, bytes([k]) * 8) for k in range(1 << DEPTH)]


def levels() -> list[list[bytes]]:
    """Return all levels of the tree."""
    found = [LEAVES]
    while len(found[-1]) > 1:
        last = found[-1]
        found.append([node_digest(last[k], last[k + 1]) for k in range(0, len(last), 2)])
    return found


def siblings(positions: tuple[int, ...]) -> bytes:
    """Return the multiproof, by its definition."""
    out, known = b"", set(positions)
    for level in levels()[:-1]:
        out += b"".join(level[k ^ 1] for k in sorted(known) if k ^ 1 not in known)
        known = {k >> 1 for k in known}
    return out


CHOICES = [chosen for count in range(1, 9) for chosen in combinations(range(8), count)]


def test_every_set_of_positions_opens():
    (root,) = levels()[-1]
    for chosen in CHOICES:
        proof = siblings(chosen)
        assert len(proof) == 32 * sibling_count(DEPTH, chosen)
        assert root_of(DEPTH, chosen, [LEAVES[k] for k in chosen], proof) == root


def test_another_root_follows_when_anything_differs():
    (root,) = levels()[-1]
    for chosen in CHOICES[::5]:
        proof, leaves = siblings(chosen), [LEAVES[k] for k in chosen]
        for k in range(len(chosen)):
            wrong = [*leaves[:k], bytes(32), *leaves[k + 1 :]]
            assert root_of(DEPTH, chosen, wrong, proof) != root
        for byte in range(0, len(proof), 16):
            changed = bytearray(proof)
            changed[byte] ^= 1
            assert root_of(DEPTH, chosen, leaves, bytes(changed)) != root


def test_leaves_and_nodes_have_tags_of_their_own():
    made = {
        leaf_digest(LEAF_WITNESS, 1, b"s" * 32, b"c" * 8),
        leaf_digest(LEAF_PADS, 1, b"s" * 32, b"c" * 8),
        leaf_digest(LEAF_WITNESS, 2, b"s" * 32, b"c" * 8),
        leaf_digest(LEAF_WITNESS, 1, b"t" * 32, b"c" * 8),
        leaf_digest(LEAF_WITNESS, 1, b"s" * 32, b"d" * 8),
    }
    assert len(made) == 5
    assert node_digest(b"a" * 32, b"b" * 32) == sha256(NODE, b"a" * 32, b"b" * 32)
    assert len({NODE, LEAF_PADS, LEAF_WITNESS}) == 3
