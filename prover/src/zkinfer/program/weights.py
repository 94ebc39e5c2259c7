"""The weights laid out in rows of W."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.witness import put_column
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.statement import Statement

Block = tuple[int, NDArray[Any]]
"""(first row, rows of K integers of one type)."""


def weight_blocks(statement: Statement, arrays: Mapping[str, NDArray[Any]]) -> list[Block]:
    """Lay the weights out in blocks of rows of one integer type: narrow weights stay narrow.

    A column of several rows has them alone, so it lies in one block.
    """
    held = [column for column in statement.columns if column.oracle is Oracle.WEIGHTS]
    types = [np.dtype(np.int8)] * statement.weight_rows
    for column in held:
        for row in range(column.row, column.row + column.row_count(statement.row_vars)):
            types[row] = np.promote_types(types[row], arrays[column.name].dtype)
    blocks: list[Block] = []
    for kind, run in groupby(range(statement.weight_rows), key=types.__getitem__):
        rows = list(run)
        block = np.zeros((len(rows), 1 << statement.row_vars), dtype=kind)
        for column in held:
            if rows[0] <= column.row <= rows[-1]:
                put_column(block, replace(column, row=column.row - rows[0]), arrays[column.name], statement.row_vars)
        blocks.append((rows[0], block))
    return blocks
