"""protocol.md, 7.2, the prover: the LogUp tree, and its layers from the root to the leaves."""

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.prove.leaves import Leaves, Nodes
from zkinfer.prove.sender import Sender
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.statement import Statement

STORED = 1 << 17  # leaves, up to which they are stored: they fit a processor's cache.


def prove_lookups(tx: Sender, kernels: Kernels, statement: Statement, layout: Layout, rows: NDArray[np.uint64]) -> None:
    """Build the tree of fractions and send every layer."""
    alpha, beta = tx.challenge("lookup alpha"), tx.challenge("lookup beta")
    leaves = Leaves(kernels, statement, layout, rows, alpha, beta)
    are_stored = len(layout.leaf_rows) == 1 or len(leaves) <= STORED
    layers = [leaves.stored() if are_stored else leaves.parents()]
    while len(layers[-1]) > 1:
        layers.append(kernels.logup_parents(layers[-1]))
    tx.send("lookup root denominator", _pair(layers.pop()[0, 1]))
    point: list[Ext] = []
    while layers:
        mix = tx.challenge("lookup lambda")
        pairs, eq = _pairs(layers.pop()), kernels.eq_table(point[1:])
        point = _send_rounds(tx, kernels, pairs, eq, mix, [], len(point))
    if not are_stored:
        mix, eq = tx.challenge("lookup lambda"), kernels.eq_table(point[1:])
        tx.send("lookup round", *leaves.first_round(eq, mix))
        r = tx.challenge("lookup round")
        _send_rounds(tx, kernels, leaves.fold(r), kernels.halve_eq(eq), mix, [r], len(point))


def _send_rounds(
    tx: Sender, kernels: Kernels, pairs: Nodes, eq: Nodes, mix: Ext, fixed: list[Ext], num_vars: int
) -> list[Ext]:
    """Send a layer's rounds after those of its variables that are fixed, and its node; return the point below it.

    pairs, eq: of the variables that are left; both are used up, they fold in place.
    """
    inner = list(fixed)
    for k in range(len(fixed), num_vars):
        half = 1 << (num_vars - 1 - k)
        if k == len(fixed):
            message = kernels.logup_round(eq, pairs, half, mix)
        else:
            message = kernels.logup_next_round_into(eq, pairs, inner[-1], 2 * half, mix)
            eq, pairs = eq[:half], pairs[: 2 * half]
        tx.send("lookup round", *message)
        inner.append(tx.challenge("lookup round"))
    if len(inner) > len(fixed):
        pairs = kernels.fold_nodes(pairs, inner[-1], 1)
    tx.send("lookup node", *map(_pair, pairs[0]))
    return [*inner, tx.challenge("lookup tau")]


def _pair(value: NDArray[np.uint64]) -> tuple[int, int]:
    return int(value[0]), int(value[1])


def _pairs(nodes: Nodes) -> Nodes:
    """View (m, 2, 2) nodes as pairs of neighbours (m / 2, 4, 2); a missing partner is 0/1."""
    if len(nodes) % 2:
        nodes = np.concatenate([nodes, np.array([[[0, 0], [1, 0]]], dtype=np.uint64)])
    return nodes.reshape(-1, 4, 2)
