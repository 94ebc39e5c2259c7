"""A witness's rows, edited by column name and index: what a malicious prover commits to instead of the honest ones."""

from collections.abc import Callable

import numpy as np

from attacks.networks import Made
from zkinfer.program.witness import Witness
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Column


class Cells:
    """The witness's rows, edited by column name and index."""

    def __init__(self, made: Made, witness: Witness) -> None:
        self.made, self.rows, self.outputs = made, witness.rows.copy(), witness.outputs

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(c for c in self.made.statement.columns if c.name == name)

    def padded(self, name: str) -> np.ndarray:
        """Return a column's cells with its padding, (dims[0], 2^n1, ..): a view."""
        column = self.column(name)
        start = (column.row << self.made.statement.row_vars) + column.offset
        shape = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
        return self.rows.reshape(-1)[start : start + column.padded_size].reshape(shape)

    def set(self, name: str, index: tuple[int, ...], value: int) -> None:
        """Set one entry to an integer mod p."""
        self.padded(name)[index] = np.uint64(value % P)

    def set_all(self, name: str, value: int) -> None:
        """Set all real entries to an integer mod p."""
        self.padded(name)[tuple(slice(0, dim) for dim in self.column(name).dims)] = np.uint64(value % P)

    def get(self, name: str, index: tuple[int, ...]) -> int:
        """Return one entry."""
        return int(self.padded(name)[index])

    def add(self, name: str, index: tuple[int, ...], value: int) -> None:
        """Add to one entry mod p."""
        self.set(name, index, self.get(name, index) + value)

    def add_cell(self, row: int, cell: int, value: int) -> None:
        """Add to any cell of a row mod p, real or not."""
        self.rows[row, cell] = np.uint64((int(self.rows[row, cell]) + value) % P)

    def first_where(self, name: str, holds: Callable[[int], bool]) -> tuple[int, ...]:
        """Return the first real index of a column whose entry has a property."""
        return next(index for index in np.ndindex(*self.column(name).dims) if holds(self.get(name, index)))

    def value(self, name: str, index: tuple[int, ...]) -> int:
        """Return a committed value from its limbs of four bits."""
        return sum(self.get(limb, index) << (4 * k) for k, limb in enumerate(self.limbs(name)))

    def set_value(self, name: str, index: tuple[int, ...], number: int) -> None:
        """Write a committed value to its limbs; the top limb takes what is left, sign included."""
        *low, top = self.limbs(name)
        for k, limb in enumerate(low):
            self.set(limb, index, (number >> (4 * k)) & 15)
        self.set(top, index, number >> (4 * len(low)))

    def raise_value(self, name: str, index: tuple[int, ...], by: int = 1) -> None:
        """Add to a committed value."""
        self.set_value(name, index, self.value(name, index) + by)

    def limbs(self, name: str) -> list[str]:
        """Return the names of a value's columns."""
        return [c.name for c in self.made.statement.columns if c.name.startswith(f"{name}.limb")]

    def recount(self) -> None:
        """Count the lookups again, where what is looked up is in the table: the best that a cheating prover can do."""
        statement = self.made.statement
        counts = [[0] * table.size for table in statement.tables]
        for lookup in statement.lookups:
            index, scale = lookup.components[0]
            column, table = statement.columns[index], statement.tables[lookup.table]
            real = self.padded(column.name)[tuple(slice(0, dim) for dim in column.dims)]
            for value in real.reshape(-1).tolist():
                row = (value * scale - table.lo) % P
                if row < table.size:
                    counts[lookup.table][row] += 1
        for table, found in zip(statement.tables, counts, strict=True):
            column = statement.columns[table.multiplicities]
            for k, count in enumerate(found):
                self.set(column.name, (k,), count)

    @property
    def witness(self) -> Witness:
        """The witness as edited."""
        return Witness(self.rows, self.outputs)


def corrupted(made: Made, witness: Witness, edit: Callable[[Cells], None], *, recount: bool = True) -> Witness:
    """Return the witness after an edit; multiplicities are counted again unless the edit is about them."""
    cells = Cells(made, witness)
    edit(cells)
    if recount:
        cells.recount()
    return cells.witness
