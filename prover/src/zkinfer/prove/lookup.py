"""protocol.md, 7.2, the prover: the LogUp tree, and its layers from the root to the leaves."""

from functools import lru_cache
from itertools import accumulate, repeat
from operator import mul

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.program.tables import table_component
from zkinfer.program.witness import to_field
from zkinfer.prove.real_cells import real_cells
from zkinfer.prove.sender import Sender
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import SlotPattern
from zkinfer_verify.statement.layout import Layout, LeafRow
from zkinfer_verify.statement.statement import Statement

Nodes = NDArray[np.uint64]


def prove_lookups(tx: Sender, kernels: Kernels, statement: Statement, layout: Layout, rows: NDArray[np.uint64]) -> None:
    """Build the tree of fractions and send every layer."""
    alpha, beta = tx.challenge("lookup alpha"), tx.challenge("lookup beta")
    layers = [_leaves(kernels, statement, layout, rows, alpha, beta)]
    for _ in range(layout.leaf_vars):
        layers.append(kernels.logup_parents(layers[-1]))
    tx.send("lookup root denominator", _pair(layers[-1][0, 1]))
    point: list[Ext] = []
    for nodes in layers[-2::-1]:
        mix = tx.challenge("lookup lambda")
        # A layer is used up by its sumcheck: it folds in place.
        pairs, eq = _pairs(nodes), kernels.eq_table(point[1:])
        inner: list[Ext] = []
        for k in range(len(point)):
            half = 1 << (len(point) - 1 - k)
            if not inner:
                message = kernels.logup_round(eq, pairs, half, mix)
            else:
                message = kernels.logup_next_round_into(eq, pairs, inner[-1], 2 * half, mix)
                eq, pairs = eq[:half], pairs[: 2 * half]
            tx.send("lookup round", *message)
            inner.append(tx.challenge("lookup round"))
        if inner:
            pairs = kernels.fold_nodes(pairs, inner[-1], 1)
        tx.send("lookup node", *map(_pair, pairs[0]))
        point = [*inner, tx.challenge("lookup tau")]


def _pair(value: NDArray[np.uint64]) -> tuple[int, int]:
    return int(value[0]), int(value[1])


def _pairs(nodes: Nodes) -> Nodes:
    """View (m, 2, 2) nodes as pairs of neighbours (m / 2, 4, 2); a missing partner is 0/1."""
    if len(nodes) % 2:
        nodes = np.concatenate([nodes, np.array([[[0, 0], [1, 0]]], dtype=np.uint64)])
    return nodes.reshape(-1, 4, 2)


def _leaves(
    kernels: Kernels, statement: Statement, layout: Layout, rows: NDArray[np.uint64], alpha: Ext, beta: Ext
) -> Nodes:
    """Compute all leaves, row after row: (rows * K, 2, 2)."""
    size = 1 << statement.row_vars
    leaves = np.empty((len(layout.leaf_rows) * size, 2, 2), dtype=np.uint64)
    for k, leaf in enumerate(layout.leaf_rows):
        ids = _ids(leaf, size)
        if leaf.is_table:
            counts = rows[leaf.components[0][0]]
            numerators = np.where(counts == 0, counts, np.uint64(P) - counts)
            columns = _table_values(statement, leaf)
            coefficients = _powers(beta, len(columns))
        else:
            numerators = real_cells(leaf.pattern, size).astype(np.uint64)
            columns = rows[[row for row, _ in leaf.components]]
            powers = _powers(beta, len(columns))
            coefficients = [power * scale for power, (_, scale) in zip(powers, leaf.components, strict=True)]
        kernels.logup_leaves_into(numerators, ids, columns, alpha, coefficients, leaves[k * size : (k + 1) * size])
    return leaves


def _powers(beta: Ext, count: int) -> list[Ext]:
    """Return beta, beta^2, .., beta^count."""
    return list(accumulate(repeat(beta, count), mul))


def _ids(leaf: LeafRow, size: int) -> NDArray[np.uint64]:
    """Return the table id of each cell's slot; zero outside of every slot. Read only."""
    return _ids_of_slots(tuple((segment.table, segment.pattern) for segment in leaf.segments), size)


@lru_cache(maxsize=16)
def _ids_of_slots(slots: tuple[tuple[int, SlotPattern], ...], size: int) -> NDArray[np.uint64]:
    ids = np.zeros(size, dtype=np.uint64)
    for table, pattern in slots:
        width = size >> pattern.slot_vars
        start = pattern.slot * width
        ids[start : start + width] = table + 1
    ids.flags.writeable = False
    return ids


def _table_values(statement: Statement, leaf: LeafRow) -> NDArray[np.uint64]:
    """Return each component of the table's row of each cell, (width, K); zero where there is none."""
    size = 1 << statement.row_vars
    width = max(statement.tables[segment.table].width for segment in leaf.segments)
    values = np.zeros((width, size), dtype=np.uint64)
    for segment in leaf.segments:
        table, slot = statement.tables[segment.table], segment.pattern
        count = slot.pieces[0][1] if slot.pieces else 1
        start = slot.slot * (size >> slot.slot_vars)
        for component in range(table.width):
            rows = table_component(table, component)[segment.start : segment.start + count]
            values[component, start : start + count] = to_field(rows)
    return values
