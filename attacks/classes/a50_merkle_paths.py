"""A Merkle path is cut, lengthened or exchanged, or the tree is not the one that the columns are hashed to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from attacks.attack import Attack, Forged
from attacks.networks import tiny
from attacks.prover import Hooks, forge
from zkinfer.kernels import native
from zkinfer.prove.commit import Committed
from zkinfer_verify.check import merkle_openings
from zkinfer_verify.hashing.digest import LEAF_WEIGHTS, LEAF_WITNESS, NODE
from zkinfer_verify.hashing.merkle import leaf_digest
from zkinfer_verify.poly import vectors

SEED = b"Merkle paths"
CODE_LENGTH = 64
SHORT, LONG = "Merkle multiproof has", "bytes after its end"
OF_A, OF_W, OF_Q = (f"opened columns of {oracle} do not belong to its root" for oracle in "AWQ")


def siblings(edit: Callable[[list[bytes]], list[bytes]]) -> Forged:
    """Edit the siblings of an honest proof: those of W, then of A, then of Q."""
    made, x = tiny()
    forgery = forge(made, made.witness(x), seed=SEED)
    data = forgery.proof.siblings
    return forgery.sent(siblings=b"".join(edit([data[k : k + 32] for k in range(0, len(data), 32)])))


def tree(rebuild: Callable[[Committed], Committed]) -> Hooks:
    """Commit to A by another tree over the same columns."""

    def commit(original: Callable[..., Any], *args: Any) -> Any:
        oracle = original(*args)
        return replace(oracle, committed=rebuild(oracle.committed))

    return {"_commit_witness": commit}


def tagged(tag: bytes) -> Callable[[Committed], Committed]:
    """Hash the leaves under another tag."""

    def rebuild(committed: Committed) -> Committed:
        leaves = native.hash_leaves(tag, committed.code, committed.salts)
        return replace(committed, levels=native.merkle_levels(NODE, leaves))

    return rebuild


def nodes_as_leaves(committed: Committed) -> Committed:
    """Hash the nodes under the tag of leaves."""
    leaves = native.hash_leaves(LEAF_WITNESS, committed.code, committed.salts)
    return replace(committed, levels=native.merkle_levels(LEAF_WITNESS, leaves))


def odd_count(committed: Committed) -> Committed:
    """Build the tree over every other leaf, taken twice, as trees of odd counts do with their last one."""
    leaves = native.hash_leaves(LEAF_WITNESS, committed.code, committed.salts)
    leaves[1::2] = leaves[::2]
    return replace(committed, levels=native.merkle_levels(NODE, leaves))


def rotated(committed: Committed) -> Committed:
    """Hash each column for the position after its own."""
    code, salts = np.roll(committed.code, 1, axis=0), np.roll(committed.salts, 1, axis=0)
    leaves = np.roll(native.hash_leaves(LEAF_WITNESS, code, salts), -1, axis=0)
    return replace(committed, levels=native.merkle_levels(NODE, np.ascontiguousarray(leaves)))


def forged(rebuild: Callable[[Committed], Committed]) -> Forged:
    """Follow the protocol but for the tree of A."""
    made, x = tiny()
    return forge(made, made.witness(x), tree(rebuild), SEED).sent()


@contextmanager
def one_tag() -> Iterator[None]:
    """Hash the leaves of A as those of W."""
    with patch.object(merkle_openings, "LEAF_WITNESS", LEAF_WEIGHTS):
        yield


@contextmanager
def leaf_tag_of_nodes() -> Iterator[None]:
    """Hash the leaves of A as nodes."""
    with patch.object(merkle_openings, "LEAF_WITNESS", NODE):
        yield


@contextmanager
def next_positions() -> Iterator[None]:
    """Hash a leaf of A for the position after its own."""

    def shifted(tag: bytes, position: int, salt: bytes, column: bytes) -> bytes:
        return leaf_digest(tag, (position + 1) % CODE_LENGTH if tag == LEAF_WITNESS else position, salt, column)

    with patch.object(vectors, "leaf_digest", shifted):
        yield


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    edits: tuple[tuple[str, str, Callable[[list[bytes]], list[bytes]]], ...] = (
        ("the last sibling missing", SHORT, lambda nodes: nodes[:-1]),
        ("half of the last sibling missing", SHORT, lambda nodes: [*nodes[:-1], nodes[-1][:16]]),
        ("the first sibling missing", OF_W, lambda nodes: nodes[1:]),
        ("no siblings", SHORT, lambda nodes: []),
        ("one sibling more", LONG, lambda nodes: [*nodes, bytes(32)]),
        ("the last sibling twice", LONG, lambda nodes: [*nodes, nodes[-1]]),
        ("two siblings of W exchanged", OF_W, lambda nodes: [nodes[1], nodes[0], *nodes[2:]]),
        ("two siblings of Q exchanged", OF_Q, lambda nodes: [*nodes[:-2], nodes[-1], nodes[-2]]),
        ("all in the other order", OF_W, lambda nodes: nodes[::-1]),
        ("zeros", OF_W, lambda nodes: [bytes(32)] * len(nodes)),
    )
    for name, stopped_by, edit in edits:
        yield Attack(name, partial(siblings, edit), stopped_by)
    yield Attack("leaves of A tagged as of W", partial(forged, tagged(LEAF_WEIGHTS)), OF_A, without=one_tag)
    yield Attack("leaves tagged as nodes", partial(forged, tagged(NODE)), OF_A, without=leaf_tag_of_nodes)
    yield Attack("nodes tagged as leaves", partial(forged, nodes_as_leaves), OF_A)
    yield Attack("leaves of the next position", partial(forged, rotated), OF_A, without=next_positions)
    yield Attack("each second leaf for two", partial(forged, odd_count), OF_A)
