"""Check a witness against its statement in integers, without proving: every relation at every index, as it is written.

Nothing here knows the program or shares code with the prover's arithmetic: what is read is the statement and the rows.
A relation that does not hold is named in words here; a proof of it would only be rejected.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.hidden import Hidden
from zkinfer.program.tables import table_component
from zkinfer.program.weights import Block
from zkinfer.program.witness import Witness
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Column, Oracle
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Access, Contraction, Form, Index
from zkinfer_verify.statement.statement import Statement

Ints = NDArray[np.int64]
Gathered = tuple[list[int], NDArray[Any]]
"""The iteration axes that an operand reads, ascending, and its entries along them."""


class RelationFails(InternalError):
    """A relation does not hold of a witness. The message names relation, column and index, and no value."""


@dataclass(frozen=True)
class Checked:
    """How much was checked: entries of each kind of relation, and cells that must be zero."""

    lookups: int
    vanish_entries: int
    contraction_products: int
    affine_entries: int
    padded_cells: int


def check_witness(statement: Statement, witness: Witness, blocks: Sequence[Block]) -> Checked:
    """Check that rows and outputs satisfy every relation of a statement.

    witness: rows (witness_rows, K) elements of F, and the public integers; blocks: the rows of W.
    Errors: RelationFails (an InternalError: a witness of ours always satisfies) at the first entry that does not.
    """
    reader = _Reader(statement, witness, blocks)
    return Checked(
        padded_cells=_check_padding(reader),
        lookups=_check_lookups(reader),
        vanish_entries=_check_vanishes(reader),
        affine_entries=_check_affines(reader),
        contraction_products=_check_contractions(reader),
    )


class _Reader(Hidden):
    """Columns and forms as integers, real entries only."""

    def __init__(self, statement: Statement, witness: Witness, blocks: Sequence[Block]) -> None:
        self.statement, self.rows, self.blocks = statement, witness.rows, blocks
        self.outputs = [
            np.array(values, dtype=np.int64).reshape(public.dims)
            for public, values in zip(statement.outputs, witness.outputs, strict=True)
        ]

    def cells(self, column: Column) -> NDArray[Any]:
        """A view of a column's real cells, as stored."""
        first, rows = 0, self.rows
        if column.oracle is Oracle.WEIGHTS:
            first, rows = next(block for block in reversed(self.blocks) if block[0] <= column.row)
        return _real_cells(rows[column.row - first :], replace(column, row=0), self.statement.row_vars)

    def column(self, index: int) -> NDArray[Any]:
        """A column's integers; elements of F above p/2 stand for negative ones."""
        cells = self.cells(self.statement.columns[index])
        if cells.dtype != np.uint64:
            return cells
        return np.where(cells > P // 2, cells - np.uint64(P), cells).view(np.int64)

    def form(self, form: Form) -> NDArray[Any]:
        """An affine form's integers. Ranges are checked before and bounds with the statement, so int64 holds them."""
        if len(form.terms) == 1 and not form.constant:
            (term,) = form.terms
            if term.coefficient == 1 and not term.is_public and set(term.axes) == {ALONG}:
                return self.column(term.column)
        out = np.full(form.dims, form.constant, dtype=np.int64)
        for term in form.terms:
            tensor = self.outputs[-1 - term.column] if term.is_public else self.column(term.column)
            at = tuple(kind if kind >= 0 else slice(None) for kind in term.axes)
            laid = tuple(
                1 if kind == BROADCAST else dim for kind, dim in zip(term.axes, form.dims, strict=True) if kind < 0
            )
            out[at] += term.coefficient * tensor.reshape(laid)
        return out

    def layer(self, *forms: Form | None) -> str:
        """The layers that forms speak of, from the names of their columns."""
        columns = [term.column for form in forms if form is not None for term in form.terms]
        names = [self.statement.columns[k].name if k >= 0 else self.statement.outputs[-1 - k].name for k in columns]
        return ", ".join(dict.fromkeys(name.split(".")[0] for name in names))


def _real_cells(rows: NDArray[Any], column: Column, row_vars: int) -> NDArray[Any]:
    """Return a view of a column's real cells."""
    start = (column.row << row_vars) + column.offset
    padded = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
    cells: NDArray[Any] = rows.reshape(-1)[start : start + column.padded_size].reshape(padded)
    return cells[tuple(slice(0, dim) for dim in column.dims)]


def _check_padding(reader: _Reader) -> int:
    """Every cell of A outside of its column's real entries is zero."""
    statement = reader.statement
    real = np.zeros(reader.rows.shape, dtype=np.bool_)
    for column in statement.columns:
        if column.oracle is Oracle.WITNESS:
            _real_cells(real, column, statement.row_vars)[...] = True
    wrong = np.argwhere(~real & (reader.rows != 0))
    if len(wrong):
        row, cell = map(int, wrong[0])
        near = ", ".join(
            column.name
            for column in statement.columns
            if column.oracle is Oracle.WITNESS and 0 <= row - column.row < column.row_count(statement.row_vars)
        )
        raise RelationFails(f"padding: row {row}, cell {cell} (beside {near}) is not zero.")
    return real.size - int(np.count_nonzero(real))


def _check_lookups(reader: _Reader) -> int:
    """Every looked-up entry is in its table, and the multiplicities count the entries."""
    statement, total = reader.statement, 0
    counts = [np.zeros(table.size, dtype=np.int64) for table in statement.tables]
    for number, lookup in enumerate(statement.lookups):
        table = statement.tables[lookup.table]
        parts = []
        for component, (index, scale) in enumerate(lookup.components):
            name, values = statement.columns[index].name, reader.column(index)
            lo, hi = table.span(component)
            # scale * v in lo..hi, without a product that could wrap around.
            outside = (values < -(-lo // scale)) | (values > hi // scale)
            _require_none(outside, f"lookup {number}: column {name}", f"is outside of {lo}..{hi} / {scale}")
            parts.append((name, values * scale))
        row = parts[0][1] - table.lo
        for component, (name, values) in enumerate(parts[1:], 1):
            differs = values != table_component(table, component)[row]
            _require_none(differs, f"lookup {number}: column {name}", "differs from the table's row")
        counts[lookup.table] += np.bincount(row.reshape(-1), minlength=table.size)
        total += row.size
    for number, (table, count) in enumerate(zip(statement.tables, counts, strict=True)):
        differs = reader.column(table.multiplicities) != count
        _require_none(differs, f"table {number + 1}: its multiplicities", "differ from the number of lookups")
    return total


def _check_vanishes(reader: _Reader) -> int:
    """At every index one of the factors is zero."""
    total = 0
    for number, vanish in enumerate(reader.statement.vanishes):
        nonzero = np.ones(vanish.factors[0].dims, dtype=np.bool_)
        for factor in vanish.factors:
            nonzero &= reader.form(factor) != 0
        _require_none(nonzero, f"vanish {number} (layer {reader.layer(*vanish.factors)})", "has no factor that is zero")
        total += nonzero.size
    return total


def _check_affines(reader: _Reader) -> int:
    """Every affine form is zero at every index."""
    total = 0
    for number, affine in enumerate(reader.statement.affines):
        wrong = reader.form(affine.form) != 0
        _require_none(wrong, f"affine {number} (layer {reader.layer(affine.form)})", "is not zero")
        total += wrong.size
    return total


def _check_contractions(reader: _Reader) -> int:
    """Every output form equals the sum of products, entry by entry."""
    total = 0
    for number, relation in enumerate(reader.statement.contractions):
        stated = reader.form(relation.out)
        wrong = stated != _contract(reader, relation)
        layer = reader.layer(relation.left, relation.out, relation.right)
        _require_none(wrong, f"contraction {number} (layer {layer})", "differs from its sum of products")
        total += prod(relation.extents)
    return total


def _contract(reader: _Reader, relation: Contraction) -> Ints:
    """Return the sums over iteration axes, laid out as the output is."""
    operands = [_gather(reader.form(relation.right), relation.right_access, relation.extents)]
    if relation.left is not None:
        operands.insert(0, _gather(reader.form(relation.left), relation.left_access, relation.extents))
    kept = sorted({axis for coordinates in relation.out_access for index in coordinates for axis, _ in index.terms})
    pairs: list[Any] = [item for axes, entries in operands for item in (entries, axes)]
    sums = np.asarray(np.einsum(*pairs, kept, dtype=np.int64, casting="safe"))
    out = np.zeros(relation.out.dims, dtype=np.int64)
    places, inside = _places(relation.out_access, kept, relation.extents)
    shape = tuple(relation.extents[axis] for axis in kept)
    spots = tuple(np.broadcast_to(place, shape)[np.broadcast_to(inside, shape)] for place in places)
    np.add.at(out, spots, sums[np.broadcast_to(inside, shape)])
    return out


def _gather(tensor: NDArray[Any], access: Access, extents: Sequence[int]) -> Gathered:
    """Read a tensor along the iteration axes of its access, zero where a coordinate is out of range."""
    axes = sorted({axis for coordinates in access for index in coordinates for axis, _ in index.terms})
    places, inside = _places(access, axes, extents)
    shape = tuple(extents[axis] for axis in axes)
    if tensor.shape == shape and all(place.shape[k] == place.size for k, place in enumerate(places)) and inside.all():
        return axes, tensor  # read as it is, however large: nothing slides
    read = tensor[tuple(np.where(inside, place, 0) for place in places)]
    return axes, np.where(np.broadcast_to(inside, shape), np.broadcast_to(read, shape), 0)


def _places(access: Access, axes: Sequence[int], extents: Sequence[int]) -> tuple[list[Ints], NDArray[np.bool_]]:
    """Return for each axis of a tensor the entry read, over the iteration axes, and where all are in range."""
    places: list[Ints] = []
    inside = np.ones((1,) * len(axes), dtype=np.bool_)
    for coordinates in access:
        place = np.zeros((1,) * len(axes), dtype=np.int64)
        for index in coordinates:
            at = _coordinate(index, axes, extents)
            inside = inside & (at >= 0) & (at < index.extent)
            place = place * index.extent + at
        places.append(place)
    return places, inside


def _coordinate(index: Index, axes: Sequence[int], extents: Sequence[int]) -> Ints:
    at = np.full((1,) * len(axes), -index.offset, dtype=np.int64)
    for axis, step in index.terms:
        shape = [1] * len(axes)
        shape[axes.index(axis)] = extents[axis]
        at = at + step * np.arange(extents[axis], dtype=np.int64).reshape(shape)
    return at


def _require_none(wrong: NDArray[np.bool_], what: str, how: str) -> None:
    if wrong.any():
        first = tuple(map(int, np.argwhere(wrong)[0]))
        raise RelationFails(f"{what} {how} at index {first} ({int(np.count_nonzero(wrong))} of {wrong.size} entries).")
