"""The leaves of the lookup tree, computed from the columns row by row, whenever they are needed.

Stored, they would take four times the memory of the columns, and be written and read where the processor waits longest.
Two rows of them fit its cache, so it computes them three times: for the layer above, for the first round of the
sumcheck over them, which pairs each row with the one half of them further on, and for what that round leaves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat
from operator import mul

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.program.hidden import Hidden
from zkinfer.program.tables import table_component
from zkinfer.program.witness import to_field
from zkinfer.prove.real_cells import real_cells
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.column import RowPattern, SlotPattern
from zkinfer_verify.statement.layout import Layout, LeafRow
from zkinfer_verify.statement.statement import Statement

Nodes = NDArray[np.uint64]


@dataclass(frozen=True, repr=False)
class _Row(Hidden):
    """numerator / (alpha - id - sum_k coefficients_k columns_k), K of them."""

    numerators: NDArray[np.uint64]
    ids: NDArray[np.uint64]
    columns: NDArray[np.uint64]
    coefficients: Sequence[Ext]


class Leaves(Hidden):
    """The leaves for fixed challenges: fractions (p, q) over E, rows of K, a missing row 0/1."""

    def __init__(
        self, kernels: Kernels, statement: Statement, layout: Layout, rows: NDArray[np.uint64], alpha: Ext, beta: Ext
    ) -> None:
        self._kernels, self._alpha, self._size = kernels, alpha, 1 << statement.row_vars
        self._rows = [_leaf_row(statement, leaf, rows, beta) for leaf in layout.leaf_rows]
        self._two_rows = np.empty((2, self._size, 2, 2), dtype=np.uint64)

    def __len__(self) -> int:
        """The number of leaves of the rows that are not missing."""
        return len(self._rows) * self._size

    def stored(self) -> Nodes:
        """Return all leaves, (rows * K, 2, 2)."""
        out = np.empty((len(self._rows), self._size, 2, 2), dtype=np.uint64)
        for row, nodes in zip(self._rows, out, strict=True):
            self._write(row, nodes)
        return out.reshape(-1, 2, 2)

    def parents(self) -> Nodes:
        """Return the layer above, (rows * K / 2, 2, 2)."""
        out = np.empty((len(self._rows), self._size // 2, 2, 2), dtype=np.uint64)
        for row, nodes in zip(self._rows, out, strict=True):
            self._write(row, self._two_rows[0])
            self._kernels.logup_parents(self._two_rows[0], nodes)
        return out.reshape(-1, 2, 2)

    def first_round(self, eq: Nodes, mix: Ext) -> tuple[Ext, Ext]:
        """Return t(0) and t(2) of the first round over all pairs of neighbours; eq: (half of the pairs, 2)."""
        at_zero, at_two = Ext(0), Ext(0)
        for k, pairs in enumerate(self._halves()):
            half = self._size // 2
            zero, two = self._kernels.logup_round(eq[k * half : (k + 1) * half], pairs, half, mix)
            at_zero, at_two = at_zero + Ext(*zero), at_two + Ext(*two)
        return at_zero, at_two

    def fold(self, r: Ext) -> Nodes:
        """Fix the first variable of the pairs of neighbours to r: (half of the pairs, 4, 2)."""
        half, halves = self._size // 2, 1 << (num_bits(len(self._rows)) - 1)
        out = np.empty((halves, half, 4, 2), dtype=np.uint64)
        for pairs, nodes in zip(self._halves(), out, strict=True):
            self._kernels.fold_nodes(pairs, r, half, nodes)
        return out.reshape(-1, 4, 2)

    def _halves(self) -> Iterator[Nodes]:
        """Yield pairs of neighbours that the first variable tells apart: of a row, and of the one half of all further.

        Each (K, 4, 2), or (K / 2, 4, 2) where the second row is missing; used up before the next is asked for.
        """
        half = 1 << (num_bits(len(self._rows)) - 1)
        for k, row in enumerate(self._rows[:half]):
            partner = self._rows[k + half : k + half + 1]
            for each, nodes in zip((row, *partner), self._two_rows, strict=False):
                self._write(each, nodes)
            yield self._two_rows[: 1 + len(partner)].reshape(-1, 4, 2)

    def _write(self, row: _Row, out: Nodes) -> None:
        self._kernels.logup_leaves_into(row.numerators, row.ids, row.columns, self._alpha, row.coefficients, out)


def _leaf_row(statement: Statement, leaf: LeafRow, rows: NDArray[np.uint64], beta: Ext) -> _Row:
    size = 1 << statement.row_vars
    ids = _ids(leaf, size)
    if leaf.is_table:
        counts = rows[leaf.components[0][0]]
        columns = _table_values(statement, leaf)
        return _Row(np.where(counts == 0, counts, np.uint64(P) - counts), ids, columns, _powers(beta, len(columns)))
    chosen = [row for row, _ in leaf.components]
    columns = rows[chosen[0] : chosen[0] + 1] if len(chosen) == 1 else rows[chosen]
    powers = _powers(beta, len(columns))
    scaled = [power * scale for power, (_, scale) in zip(powers, leaf.components, strict=True)]
    return _Row(_ones(leaf.pattern, size), ids, columns, scaled)


def _powers(beta: Ext, count: int) -> list[Ext]:
    """Return beta, beta^2, .., beta^count."""
    return list(accumulate(repeat(beta, count), mul))


@lru_cache(maxsize=16)
def _ones(pattern: RowPattern, size: int) -> NDArray[np.uint64]:
    """Return 1 for each real cell and 0 for the others."""
    return real_cells(pattern, size).astype(np.uint64)


def _ids(leaf: LeafRow, size: int) -> NDArray[np.uint64]:
    """Return the table id of each cell's slot; zero outside of every slot."""
    return _ids_of_slots(tuple((segment.table, segment.pattern) for segment in leaf.segments), size)


@lru_cache(maxsize=16)
def _ids_of_slots(slots: tuple[tuple[int, SlotPattern], ...], size: int) -> NDArray[np.uint64]:
    ids = np.zeros(size, dtype=np.uint64)
    for table, pattern in slots:
        width = size >> pattern.slot_vars
        start = pattern.slot * width
        ids[start : start + width] = table + 1
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
