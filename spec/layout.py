"""docs/protocol.md, 3.4 to 3.6: the rows of cells, the leaf rows of the lookup tree, the patterns of padding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from spec.field import P, num_vars
from spec.statement import WEIGHTS, WITNESS, Column, Statement

Rows = dict[tuple[int, int], list[int]]
"""The K cells of each row, by (oracle, row)."""


def entries(dims: Sequence[int]) -> list[tuple[int, ...]]:
    """All indices of a tensor, row-major."""
    return list(product(*map(range, dims)))


def lay_out(st: Statement, tensors: Sequence[Sequence[int]]) -> Rows:
    """(3.4) Write every column's integers into rows of K cells; cells that nobody writes are zero."""
    size = 2**st.row_vars
    rows: Rows = {}
    for oracle, count in ((WEIGHTS, st.weight_rows), (WITNESS, st.witness_rows)):
        rows |= {(oracle, row): [0] * size for row in range(count)}
    for column, values in zip(st.columns, tensors, strict=True):
        for index, value in zip(entries(column.dims), values, strict=True):
            row, cell = divmod(column.row * size + column.offset + column.cell(index), size)
            rows[column.oracle, row][cell] = value % P
    return rows


def count_lookups(st: Statement, tensors: Sequence[Sequence[int]], table: int) -> list[int]:
    """How often each row of a table is looked up."""
    counts = [0] * st.tables[table].size
    for lookup in st.lookups:
        if lookup.table == table:
            column, scale = lookup.components[0]
            for value in tensors[column]:
                counts[scale * value - st.tables[table].lo] += 1
    return counts


class LeafRow(NamedTuple):
    """K leaves: the rows of A with their scales, table ids, the real ones, and the rows of tables."""

    is_table: bool
    components: tuple[tuple[int, int], ...]
    ids: list[int]
    real: list[int]
    values: list[list[int]]


def slot(column: Column, row_vars: int) -> tuple[int, int]:
    """The cells [start, end) of a row that belong to the column, real or not."""
    width = 2 ** min(column.vars, row_vars)
    return column.offset, column.offset + width


def leaf_rows(st: Statement) -> list[LeafRow]:
    """(3.5) The leaf rows in order: lookups as listed, then tables; of equal rows of A and scales, merged."""
    size = 2**st.row_vars
    found: dict[tuple[bool, tuple[tuple[int, int], ...]], LeafRow] = {}
    wanted = [(False, lookup.table, lookup.components) for lookup in st.lookups]
    wanted += [(True, k, ((table.multiplicities, 1),)) for k, table in enumerate(st.tables)]
    for is_table, table, components in wanted:
        column = st.columns[components[0][0]]
        start, end = slot(column, st.row_vars)
        cells = [column.offset + column.cell(entry) for entry in entries(column.dims)]
        for k in range(column.row_count(st.row_vars)):
            key = (is_table, tuple((st.columns[index].row + k, scale) for index, scale in components))
            leaf = found.setdefault(key, LeafRow(*key, [0] * size, [0] * size, [[] for _ in range(size)]))
            for cell in range(start, end):
                leaf.ids[cell] += table + 1
            for cell in cells:
                if cell // size == k:
                    leaf.real[cell % size] = 1
                    if is_table:
                        leaf.values[cell % size] = st.tables[table].row(cell - column.offset)
    return list(found.values())


Pattern = tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...]
"""For each column of a row: (slot, its number of bits, ((variables, real count) for each axis in the row))."""


def row_pattern(column: Column, k: int, row_vars: int) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """(3.6) The pattern of a column's row k: the first variables are fixed to k's bits, the others lie in the row."""
    missing = max(0, row_vars - column.vars)
    left = max(0, column.vars - row_vars)
    pieces = []
    for n, dim in zip(column.axis_vars, column.dims, strict=True):
        fixed = min(left, n)
        left -= fixed
        value = (k >> left) % 2**fixed
        pieces.append((n - fixed, min(2 ** (n - fixed), max(0, dim - value * 2 ** (n - fixed)))))
    if any(count == 0 for _, count in pieces):
        pieces = [(row_vars - missing, 0)]
    return column.offset >> (row_vars - missing), missing, tuple(piece for piece in pieces if piece[0])


def padding_groups(st: Statement) -> list[tuple[list[int], list[int]]]:
    """(3.6) The rows of A that are not full, grouped by pattern, as (rows, padded cells); by first row."""
    size = 2**st.row_vars
    patterns: dict[int, list[tuple[int, int, tuple[tuple[int, int], ...]]]] = {}
    real: dict[int, set[int]] = {}
    for column in st.columns:
        if column.oracle != WITNESS:
            continue
        cells = [column.offset + column.cell(entry) for entry in entries(column.dims)]
        for k in range(column.row_count(st.row_vars)):
            patterns.setdefault(column.row + k, []).append(row_pattern(column, k, st.row_vars))
            real.setdefault(column.row + k, set()).update(cell % size for cell in cells if cell // size == k)
    groups: dict[Pattern, list[int]] = {}
    for row in sorted(patterns):
        slots = sorted(patterns[row], key=lambda entry: 256 * entry[0] - entry[1])
        one_full = len(slots) == 1 and slots[0][1] == 0 and all(c == 2**n for n, c in slots[0][2])
        if not one_full:
            groups.setdefault(tuple(slots), []).append(row)
    return [(rows, [j for j in range(size) if j not in real[rows[0]]]) for rows in groups.values()]


def num_lookups(st: Statement) -> int:
    """Entries that are looked up."""
    return sum(len(entries(st.columns[lookup.components[0][0]].dims)) for lookup in st.lookups)


def num_vanish_entries(st: Statement) -> int:
    """Entries of all Vanish relations."""
    return sum(len(entries(factors[0].dims)) for factors in st.vanishes)


def num_products(st: Statement) -> int:
    """Multiplications that the contractions state."""
    return sum(prod(relation.extents) for relation in st.contractions if relation.left is not None)


def leaf_vars(st: Statement, leaves: Sequence[LeafRow]) -> int:
    """Variables of the lookup tree's leaves."""
    return num_vars(len(leaves)) + st.row_vars
