"""docs/protocol.md, 6.7: affine forms of columns, their values at points, and the claims on rows that these leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from spec.claims import Claim, Run, combine
from spec.field import ONE, ZERO, Ext, eq_all, eq_index, ext, num_vars, total
from spec.layout import Rows, entries
from spec.statement import ALONG, BROADCAST, Column, Form, Statement, Term


class RowClaim(NamedTuple):
    """sum_i weights_i <row_i, part> = value: public weights of rows, a public vector over the K cells."""

    weights: dict[tuple[int, int], Ext]
    part: list[Ext]
    value: Claim


class State(NamedTuple):
    """What all steps share."""

    run: Run
    st: Statement
    tensors: Sequence[Sequence[int]]
    rows: Rows
    outputs: Sequence[Sequence[int]]
    claims: list[RowClaim]


def cut(dims: Sequence[int], point: Sequence[Ext]) -> list[list[Ext]]:
    """One point for each axis."""
    out, at = [], 0
    for dim in dims:
        out.append(list(point[at : at + num_vars(dim)]))
        at += num_vars(dim)
    return out


def entry(dims: Sequence[int], values: Sequence[int], index: Sequence[int]) -> int:
    """An entry of a row-major tensor."""
    flat = 0
    for dim, i in zip(dims, index, strict=True):
        flat = flat * dim + i
    return values[flat]


def tensor_extension(values: Sequence[int], dims: Sequence[int], point: Sequence[Ext]) -> Ext:
    """The extension of a tensor, its axes padded: sum over real entries of value * prod_a eq(point_a, i_a)."""
    tables = [eq_all(axis) for axis in cut(dims, point)]
    out = ZERO
    for index, value in zip(entries(dims), values, strict=True):
        weight = ext(value)
        for table, i in zip(tables, index, strict=True):
            weight = weight * table[i]
        out = out + weight
    return out


def source(s: State, term: Term) -> tuple[tuple[int, ...], Sequence[int]]:
    """A term's tensor: a column, or a public output."""
    if term.column < 0:
        return s.st.outputs[-1 - term.column].dims, s.outputs[-1 - term.column]
    return s.st.columns[term.column].dims, s.tensors[term.column]


def form_entry(s: State, form: Form, index: Sequence[int]) -> int:
    """(3.7) A form's entry at a real index."""
    out = form.constant
    for term in form.terms:
        if all(kind < 0 or kind == i for kind, i in zip(term.axes, index, strict=True)):
            inner = [i for kind, i in zip(term.axes, index, strict=True) if kind == ALONG]
            out += term.coefficient * entry(*source(s, term), inner)
    return out


def form_table(s: State, form: Form) -> list[Ext]:
    """A form over the hypercube of its padded axes, zero where padded."""
    axis_vars = [num_vars(dim) for dim in form.dims]
    out = [ZERO] * 2 ** sum(axis_vars)
    for index in entries(form.dims):
        cell = 0
        for n, i in zip(axis_vars, index, strict=True):
            cell = cell * 2**n + i
        out[cell] = ext(form_entry(s, form, index))
    return out


def indicator(dim: int, point: Sequence[Ext]) -> Ext:
    """sum of eq(point, i) over i < dim."""
    return total(eq_index(point, i) for i in range(dim))


def term_factor(form: Form, term: Term, axes: Sequence[Sequence[Ext]]) -> Ext:
    """The coefficient, times an indicator where the column is broadcast, eq where it is selected."""
    out = ext(term.coefficient)
    for dim, axis, kind in zip(form.dims, axes, term.axes, strict=True):
        if kind == BROADCAST:
            out = out * indicator(dim, axis)
        elif kind != ALONG:
            out = out * eq_index(axis, kind)
    return out


def groups(st: Statement, form: Form) -> list[list[Term]]:
    """Committed terms by (oracle, axes they lie along, slot and its bits, variables of each axis), by first term."""
    found: dict[object, list[Term]] = {}
    for term in form.terms:
        if term.column >= 0:
            column = st.columns[term.column]
            key = (column.oracle, [kind == ALONG for kind in term.axes], slot_of(column, st.row_vars), column.axis_vars)
            found.setdefault(repr(key), []).append(term)
    return list(found.values())


def slot_of(column: Column, row_vars: int) -> tuple[int, int]:
    """The number of a column's slot among slots of its size, and the number of bits of that number."""
    missing = max(0, row_vars - column.vars)
    return column.offset >> (row_vars - missing), missing


def open_form(s: State, label: str, form: Form, point: Sequence[Ext]) -> Claim:
    """Send a form's value at a point: one scalar for each group of columns; leave a claim on rows for each."""
    axes = cut(form.dims, point)
    known = ext(form.constant)
    for dim, axis in zip(form.dims, axes, strict=True):
        known = known * indicator(dim, axis)
    for term in form.terms:
        if term.column < 0:
            dims, values = source(s, term)
            inner = [r for kind, axis in zip(term.axes, axes, strict=True) if kind == ALONG for r in axis]
            known = known + term_factor(form, term, axes) * tensor_extension(values, dims, inner)
    scalars = []
    for terms in groups(s.st, form):
        inner = [r for kind, axis in zip(terms[0].axes, axes, strict=True) if kind == ALONG for r in axis]
        value, weights = ZERO, dict[tuple[int, int], Ext]()
        for term in terms:
            column, factor = s.st.columns[term.column], term_factor(form, term, axes)
            value = value + factor * tensor_extension(s.tensors[term.column], column.dims, inner)
            row_point = inner[: max(0, column.vars - s.st.row_vars)]
            for k in range(column.row_count(s.st.row_vars)):
                key = (column.oracle, column.row + k)
                weights[key] = weights.get(key, ZERO) + factor * eq_index(row_point, k)
        slot, missing = slot_of(s.st.columns[terms[0].column], s.st.row_vars)
        cell_point = inner[max(0, len(inner) - s.st.row_vars) :]
        part = [ZERO] * 2**s.st.row_vars
        for j, weight in enumerate(eq_all(cell_point)):
            part[slot * 2 ** len(cell_point) + j] = weight
        if 2 ** (missing + len(cell_point)) != len(part):
            raise ValueError("a slot does not fit its row")
        scalars.append(s.run.send(label, value))
        s.claims.append(RowClaim(weights, part, scalars[-1]))
    return combine(known, *((1, scalar) for scalar in scalars))


def open_factor(s: State, label: str, form: Form, point: Sequence[Ext]) -> Claim:
    """The same with one pad: a form of several groups (or none) is sent once more, and the sum is a constraint."""
    claim = open_form(s, label, form, point)
    if len(groups(s.st, form)) == 1:
        return claim
    factor = s.run.send(label, s.run.value(claim))
    s.run.zero(combine(0, (ONE, factor), (-1, claim)))
    return factor
