"""Program + input -> Witness: the integers of every column of A."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels import native
from zkinfer.program.hidden import Hidden
from zkinfer.program.lower import Lowered
from zkinfer.program.program import Integers, Program
from zkinfer_verify.statement.column import Column
from zkinfer_verify.statement.statement import Statement


@dataclass(frozen=True, repr=False)
class Witness(Hidden):
    """rows: A's data, (witness_rows, K) canonical elements of F; outputs: the public integers, row-major."""

    rows: NDArray[np.uint64]
    outputs: tuple[tuple[int, ...], ...]


def compute_witness(program: Program, lowered: Lowered, x: Any) -> Witness:
    """Run the program on an input and lay out every committed value.

    x: as `Program.read` takes it; several inputs that are proved together have a first axis of their own.
    """
    runs = [program.run(one) for one in program.read(x, lowered.images)]
    committed = runs[0][0]
    if lowered.images > 1:
        committed = {name: np.stack([values[name] for values, _ in runs]) for name in committed}
    statement = lowered.statement
    rows = np.zeros((statement.witness_rows, 1 << statement.row_vars), dtype=np.uint64)
    columns: dict[int, Integers] = {}
    for name, values in committed.items():
        if name in lowered.limbs:
            columns |= _limbs_of(lowered, name, values)
    for index, values in columns.items():
        put_column(rows, statement.columns[index], values, statement.row_vars)
    for table, counts in enumerate(_count(statement, columns)):
        put_column(rows, statement.columns[statement.tables[table].multiplicities], counts, statement.row_vars)
    public = program.public([outputs for _, outputs in runs], len(statement.outputs))
    return Witness(rows, tuple(tuple(values.reshape(-1).tolist()) for values in public))


def put_column(rows: NDArray[Any], column: Column, values: NDArray[Any], row_vars: int) -> None:
    """Write a tensor into its cells, zero-extended; negative integers as elements of F where rows are unsigned."""
    start = (column.row << row_vars) + column.offset
    padded = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
    cells = rows.reshape(-1)[start : start + column.padded_size].reshape(padded)
    inner = tuple(slice(0, dim) for dim in column.dims)
    values = values.reshape(column.dims)
    cells[inner] = to_field(values) if rows.dtype == np.uint64 else values


def to_field(values: Integers) -> NDArray[np.uint64]:
    """Read signed integers as canonical elements of F."""
    return native.to_field(np.ascontiguousarray(values, dtype=np.int64).reshape(-1)).reshape(values.shape)


def _limbs_of(lowered: Lowered, name: str, values: Integers) -> dict[int, Integers]:
    limbs = lowered.limbs[name]
    if not limbs.bits:
        return {limbs.columns[0][0]: values - limbs.lo if limbs.lo else values}
    shifted = values - limbs.lo
    mask = (1 << limbs.bits) - 1
    return {column: (shifted >> (limbs.bits * k)) & mask for k, (column, _) in enumerate(limbs.columns)}


def _count(statement: Statement, columns: dict[int, Integers]) -> list[Integers]:
    """Count how often each table row is looked up."""
    counts = [np.zeros(table.size, dtype=np.int64) for table in statement.tables]
    for lookup in statement.lookups:
        # A row's first component is its number; the other components have been computed to lie in the same row.
        column, scale = lookup.components[0]
        values = np.ascontiguousarray(columns[column]).reshape(-1)
        native.count_into(values, scale, statement.tables[lookup.table].lo, counts[lookup.table])
    return counts
