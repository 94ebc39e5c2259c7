"""Forms as tables of values, and their values at points: what the prover computes from its columns."""

from collections.abc import Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.program.hidden import Hidden
from zkinfer.prove.sender import Sender
from zkinfer_verify.check.column_claims import group_terms, term_factor
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.poly.eq import eq_table, num_bits, prefix_indicator
from zkinfer_verify.poly.multilinear import axis_points
from zkinfer_verify.statement.column import Column, Oracle
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Form, Term
from zkinfer_verify.statement.statement import Statement


class Tables(Hidden):
    """The prover's columns: A's rows as elements of F, and W's in blocks (first row, rows) of narrow integers."""

    def __init__(
        self,
        kernels: Kernels,
        statement: Statement,
        rows: NDArray[np.uint64],
        blocks: Sequence[tuple[int, NDArray[Any]]],
    ) -> None:
        self.kernels, self.statement, self.rows, self.blocks = kernels, statement, rows, blocks
        # Only rows inside the blocks have an address that stays theirs.
        starts = [rows.__array_interface__["data"][0] for _, rows in blocks]
        self._stored = [(start, start + rows.nbytes) for start, (_, rows) in zip(starts, blocks, strict=True)]
        self._of_weights: dict[tuple[int, int], dict[tuple[int, bytes], NDArray[np.uint64]]] = {}

    def cells(self, column: Column) -> NDArray[Any]:
        """Return a column with its inner axes padded, (dims[0], 2^n1, ..): elements of F, or integers of W. A view."""
        first, rows = 0, self.rows
        if column.oracle is Oracle.WEIGHTS:
            first, rows = next(block for block in reversed(self.blocks) if block[0] <= column.row)
        start = ((column.row - first) << self.statement.row_vars) + column.offset
        padded = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
        return rows.reshape(-1)[start : start + column.padded_size].reshape(padded)

    def form_table(self, form: Form) -> NDArray[np.uint64]:
        """Return a form of A's columns as a table with its inner axes padded, (dims[0], 2^n1, ..) elements of F.

        Integers below p/2 in magnitude, so the sum is computed mod 2^64 and read back as an element of F.
        """
        total: Any = np.uint64(0)
        for term in form.terms:
            column = self.statement.columns[term.column]
            cells = self.cells(column)
            if column.lo < 0:
                cells = np.where(cells > P // 2, cells - np.uint64(P % 2**64), cells)
            scaled = cells * np.uint64(term.coefficient % 2**64)
            total = total + (scaled if set(term.axes) == {ALONG} else _spread(form, term, scaled))
        if form.constant:
            real = tuple(slice(0, dim) for dim in form.dims)
            total = total.copy()
            total[real] += np.uint64(form.constant % 2**64)
        integers = np.ascontiguousarray(total).view(np.int64)
        return self.kernels.to_field(integers.reshape(-1)).reshape(np.shape(total))

    def combine(self, weights: dict[tuple[Oracle, int], Ext]) -> NDArray[np.uint64]:
        """Return the combination of rows of W and A, (K, 2); it may be one that is kept, so nobody writes to it."""
        blocks = [(Oracle.WITNESS, 0, self.rows), *((Oracle.WEIGHTS, first, rows) for first, rows in self.blocks)]
        total: NDArray[np.uint64] | None = None
        for oracle, first, rows in blocks:
            inside = {
                row - first: w for (o, row), w in weights.items() if o is oracle and first <= row < first + len(rows)
            }
            if inside:
                part = self._combine_some(rows, inside)
                total = part if total is None else ext_add(self.kernels, total, part)
        return np.zeros((1 << self.statement.row_vars, 2), dtype=np.uint64) if total is None else total

    def combine_into(self, weights: dict[tuple[Oracle, int], Ext], out: NDArray[np.uint64]) -> None:
        """Write the combination of rows of A into out, (K, 2)."""
        chosen = sorted(row for _, row in weights)
        coefficients = np.array([weights[Oracle.WITNESS, row] for row in chosen], dtype=np.uint64).reshape(-1, 2)
        self.kernels.combine_rows_into(_rows(self.rows, chosen), coefficients, out)

    def combine_block(self, rows: NDArray[Any], coefficients: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return sum_i coefficients[i] * rows[i], (width of rows, 2); nobody writes to it.

        Combinations of stored rows of W are kept: a matrix's sumcheck and the claim on its column need the same one,
        cut into entries of the matrix or into rows of W.
        """
        address = rows.__array_interface__["data"][0]
        if not any(start <= address < end for start, end in self._stored):
            return self.kernels.combine_rows(rows, coefficients)
        kept = self._of_weights.setdefault((address, rows.size), {})
        key = (rows.shape[1], coefficients.tobytes())
        if key not in kept:
            through = self._through_longer(rows, coefficients)
            kept[key] = self.kernels.combine_rows(rows, coefficients) if through is None else through
        return kept[key]

    def _through_longer(self, rows: NDArray[Any], coefficients: NDArray[np.uint64]) -> NDArray[np.uint64] | None:
        """Combine rows by combining longer ones, each some of these, that are kept or will be asked for.

            sum_ij outer_i inner_j row_ij = sum_j inner_j (sum_i outer_i longer_i)_j

        None where none are longer, or the coefficients are no such product: those of eq are.
        """
        address, width = rows.__array_interface__["data"][0], rows.shape[1]
        kept = self._of_weights[address, rows.size]
        for longer in {1 << self.statement.row_vars, *(kept_width for kept_width, _ in kept)}:
            each = longer // width
            if each < 2 or len(rows) % each or not rows.flags.c_contiguous:
                continue
            outer, inner = _as_product(self.kernels, coefficients.reshape(-1, each, 2))
            if outer is not None:
                parts = self.combine_block(rows.reshape(-1, longer), outer).reshape(each, width, 2)
                scaled = (self.kernels.ext_scale(part, factor) for part, factor in zip(parts, inner, strict=True))
                return reduce(partial(ext_add, self.kernels), scaled)
        return None

    def _combine_some(self, rows: NDArray[Any], weights: dict[int, Ext]) -> NDArray[np.uint64]:
        """Return sum of weights[i] * rows[i]."""
        chosen = sorted(weights)
        return self.combine_block(_rows(rows, chosen), np.array([weights[row] for row in chosen], dtype=np.uint64))

    def send_form(
        self, tx: Sender, name: str, form: Form, point: Sequence[Ext], *, factor: bool = False, value: Ext | None = None
    ) -> None:
        """Send a form's value at a point, group by group as the reductions receive it: protocol.md, 6.7.

        factor: the value must have one pad, so the sum of several groups is sent once more. value: the form's value,
        where a sumcheck has ended at it; with one group nothing is computed then.
        """
        axes = axis_points(form.dims, point)
        groups = group_terms(self.statement, form)
        constant = self._constant(form, axes)
        if value is not None and len(groups) == 1:
            tx.send(name, value - constant)
            return
        total = constant
        for terms in groups:
            part = self._group_value(form, terms, axes)
            total = total + part
            tx.send(name, part)
        if factor and len(groups) != 1:
            tx.send(name, total)

    def _group_value(self, form: Form, terms: Sequence[Term], axes: Sequence[Sequence[Ext]]) -> Ext:
        """Return the value of a group of terms, whose columns share a point."""
        first = self.statement.columns[terms[0].column]
        sub_point = [r for axis, kind in zip(axes, terms[0].axes, strict=True) if kind == ALONG for r in axis]
        row_point, cell_point = first.split_point(sub_point, self.statement.row_vars)
        rows = eq_table(row_point)
        weights: dict[tuple[Oracle, int], Ext] = {}
        for term in terms:
            column, scale = self.statement.columns[term.column], term_factor(form, term, axes)
            for k in range(column.row_count(self.statement.row_vars)):
                key = (column.oracle, column.row + k)
                weights[key] = weights.get(key, ZERO) + rows[k] * scale
        return Ext(*self.kernels.dot(self.combine(weights), self.kernels.eq_table(cell_point)))

    def _constant(self, form: Form, axes: Sequence[Sequence[Ext]]) -> Ext:
        if not form.constant:
            return ZERO
        out = Ext(form.constant)
        for dim, axis in zip(form.dims, axes, strict=True):
            out = out * prefix_indicator(dim, axis)
        return out


def _rows(rows: NDArray[Any], chosen: Sequence[int]) -> NDArray[Any]:
    """Return rows by ascending numbers: a view where they are consecutive."""
    consecutive = chosen and chosen[-1] - chosen[0] + 1 == len(chosen)
    return rows[chosen[0] : chosen[-1] + 1] if consecutive else rows[list(chosen)]


def _spread(form: Form, term: Term, cells: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Lay a term over a form's axes: at one index of a selected axis, at all real ones of a constant one."""
    out = np.zeros((form.dims[0], *(1 << num_bits(dim) for dim in form.dims[1:])), dtype=np.uint64)
    places = [
        kind if kind >= 0 else slice(0, dim) if kind == BROADCAST else slice(None)
        for kind, dim in zip(term.axes, form.dims, strict=True)
    ]
    # What is not selected keeps its axis: the term's own, or one that is stretched.
    own = iter(cells.shape)
    shape = [next(own) if kind == ALONG else 1 for kind in term.axes if kind < 0]
    # The first axis of a column is not padded; inside a form it may be.
    target = out[tuple(places)]
    cut = tuple(slice(0, size) if size > 1 else slice(None) for size in shape)
    target[cut] += cells.reshape(shape)
    return out


def _as_product(kernels: Kernels, coefficients: NDArray[np.uint64]) -> tuple[NDArray[np.uint64] | None, list[Ext]]:
    """Write coefficients[i, j] as outer[i] * inner[j], the inner ones adding up to 1; None where they are none."""
    columns = [np.ascontiguousarray(column) for column in coefficients.swapaxes(0, 1)]
    outer = reduce(partial(ext_add, kernels), columns)
    first = Ext(*outer[0].tolist())
    if first == ZERO:
        return None, []
    inner = [Ext(*column[0].tolist()) * first.inverse() for column in columns]
    if all(np.array_equal(kernels.ext_scale(outer, f), c) for f, c in zip(inner, columns, strict=True)):
        return outer, inner
    return None, []


def ext_add(kernels: Kernels, left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Add two vectors over E of equal shape."""
    return kernels.add(left.reshape(-1), right.reshape(-1)).reshape(left.shape)
