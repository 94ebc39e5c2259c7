"""A value is looked up in the rows of another table than its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.handmade import handmade, publish, written
from attacks.networks import rectified
from attacks.prover import forge
from attacks.unsound import lenient, stated
from attacks.witnesses import LOOKUP, beyond_range, proved
from zkinfer.program.builder import Builder
from zkinfer.prove import leaves
from zkinfer.prove.real_cells import real_cells
from zkinfer_verify.field.extension import ZERO
from zkinfer_verify.statement.column import RowPattern
from zkinfer_verify.statement.layout import LeafRow
from zkinfer_verify.statement.relations import Lookup
from zkinfer_verify.statement.statement import Statement


@contextmanager
def without_ids() -> Iterator[None]:
    """Give all tables one id, for prover and verifier."""
    with (
        patch.object(LeafRow, "ids", lambda leaf, point: ZERO),
        patch.object(leaves, "_ids", lambda leaf, size: np.zeros(size, dtype=np.uint64)),
    ):
        yield


def input_in_the_limbs_table() -> Forged:
    """An input of 5 is no row of its table -5..4, but one of the limbs' table 0..15, and counted there."""
    made, followed = beyond_range(5)
    counted = corrupted(made, followed, lambda cells: cells.add("table2.multiplicities", (5,), 1), recount=False)
    return forge(made, counted).sent(about_witness=True)


def count_in_another_table(cells: Cells) -> None:
    """The honest values; the lookup of a limb of zero counts in the input's table."""
    cells.add("table1.multiplicities", (5,), 1)
    cells.add("table2.multiplicities", (0,), -1)


def added_up(change: Callable[[Statement], Statement]) -> Forged:
    """State so that leaves of a value add up the ids 1 and 2 of tables 0..3 and 0..7: then 100, of table 3, will do."""
    builder = Builder(4)
    value = builder.in_table("value", (4,), 0, 3)
    builder.in_table("second", (4,), 0, 7)
    builder.in_table("third", (4,), 100, 103)
    publish(builder, value, 103)
    honest = handmade(builder)
    made = stated(honest, change(honest.statement))

    def fill(cells: Cells) -> None:
        cells.padded("value")[...] = cells.padded("third")[...] = 100
        cells.recount()
        # A leaf's numerator is the number of columns that led to it, and two led to each of the four values.
        cells.add("table3.multiplicities", (0,), 2 * 4)

    witness = written(made, (100,) * 4, fill, recount=False)
    with patch.object(leaves, "_ids", added_ids), patch.object(leaves, "_ones", added_cells):
        return forge(made, witness).sent(about_witness=True)


def looked_up_twice(statement: Statement) -> Statement:
    """Look the value up in both tables."""
    return replace(statement, lookups=(*statement.lookups, Lookup(1, ((0, 1),))))


def in_one_place(statement: Statement) -> Statement:
    """Put the second column, which is looked up in the second table, where the value is."""
    value, second, *others = statement.columns
    return replace(statement, columns=(value, replace(second, row=value.row, offset=value.offset), *others))


def tables_added_up() -> Forged:
    """Count two tables, 0..3 and 100..103, in one column: their leaves add up to rows 100, 102, .. of table 3, 0..7."""
    builder = Builder(4)
    builder.table(0, 4)
    builder.table(100, 4)
    value = builder.in_table("value", (4,), 0, 7)
    publish(builder, value, 103)
    honest = handmade(builder)
    column, first, _, third = honest.statement.columns
    tables = [replace(t, multiplicities=k) for t, k in zip(honest.statement.tables, (1, 1, 2), strict=True)]
    made = stated(honest, replace(honest.statement, columns=(column, first, third), tables=tuple(tables)))

    def fill(cells: Cells) -> None:
        cells.set_all("value", 100)
        cells.set("table1.multiplicities", (0,), 4)

    witness = written(made, (100,) * 4, fill, recount=False)
    with patch.object(leaves, "_ids", added_ids), patch.object(leaves, "_table_values", added_values):
        return forge(made, witness).sent(about_witness=True)


def added_ids(leaf: LeafRow, size: int) -> NDArray[np.uint64]:
    """Return the sum of the ids of all columns that led to a leaf row, as the verifier has it."""
    ids = np.zeros(size, dtype=np.uint64)
    for segment in leaf.segments:
        width = size >> segment.pattern.slot_vars
        ids[segment.pattern.slot * width : (segment.pattern.slot + 1) * width] += np.uint64(segment.table + 1)
    return ids


def added_values(statement: Statement, leaf: LeafRow) -> NDArray[np.uint64]:
    """Return the sum of the values of all tables that led to a leaf row; they have one component."""
    values = np.zeros((1, 1 << statement.row_vars), dtype=np.uint64)
    for segment in leaf.segments:
        table, slot = statement.tables[segment.table], segment.pattern
        start = slot.slot << (statement.row_vars - slot.slot_vars)
        values[0, start : start + table.size] += np.arange(table.lo, table.lo + table.size, dtype=np.uint64)
    return values


def added_cells(pattern: RowPattern, size: int) -> NDArray[np.uint64]:
    """Return how many columns have each cell as a real entry."""
    counts = np.zeros(size, dtype=np.uint64)
    for slot in pattern:
        counts += real_cells((slot,), size)
    return counts


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack(
        "an input found in the limbs' table",
        input_in_the_limbs_table,
        broken=(LOOKUP,),
        relation="lookup 0",
        without=without_ids,
    )
    yield Attack(
        "a limb counted in the inputs' table",
        partial(proved, rectified, count_in_another_table, recount=False),
        broken=(LOOKUP,),
        relation="table 1",
        without=without_ids,
    )
    yield Attack(
        "two ids of one column added up to a third",
        partial(added_up, looked_up_twice),
        "looked up twice with the same scales",
        relation="lookup 0",
        without=partial(lenient, "_check_lookups"),
    )
    # The claims on padding count columns as well: where there are two, what they take for padding is not zero.
    yield Attack(
        "two ids of two columns in one place added up to a third",
        partial(added_up, in_one_place),
        "overlap",
        broken=("folding, end",),
        relation="lookup 0",
    )
    yield Attack(
        "rows of two tables with one column of counts added up",
        tables_added_up,
        "tables and multiplicities do not match one to one",
        relation="lookup 0",
        without=partial(lenient, "_check_tables"),
    )
