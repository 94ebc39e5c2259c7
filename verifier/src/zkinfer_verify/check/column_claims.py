"""Linear claims on committed columns: what the reductions leave to the opening.

A claim says sum_i w_i <row_i, g> = value, with public row weights w over rows of W and A and one public column part g.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.field.extension import MINUS_ONE, ONE, ZERO, Ext
from zkinfer_verify.poly.eq import eq_at, eq_index, prefix_indicator
from zkinfer_verify.poly.multilinear import axis_points, evaluate_tensor
from zkinfer_verify.statement.column import Oracle, RowPattern
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Form, Term
from zkinfer_verify.statement.statement import Statement

RowWeights = dict[tuple[Oracle, int], Ext]


class ColumnPart(Protocol):
    """The public vector g over the cells of a row."""

    def at(self, point: Sequence[Ext]) -> Ext:
        """Evaluate g's extension: kappa(s) = sum_j g_j eq(s, j)."""


@dataclass(frozen=True)
class EqPart:
    """g = eq(point)."""

    point: tuple[Ext, ...]

    def at(self, point: Sequence[Ext]) -> Ext:
        """Evaluate eq(point, s)."""
        return eq_at(self.point, point)


@dataclass(frozen=True)
class PaddingPart:
    """g = eq(point) on padded cells, zero on real ones."""

    point: tuple[Ext, ...]
    pattern: RowPattern

    def at(self, point: Sequence[Ext]) -> Ext:
        """Evaluate eq(point, s) less its part on real cells."""
        out = eq_at(self.point, point)
        for slot in self.pattern:
            out = out - slot.pair(self.point, point)
        return out


@dataclass(frozen=True)
class ColumnClaim:
    """sum_i weights_i <row_i, part> = value."""

    name: str
    weights: RowWeights
    part: ColumnPart
    value: Claim


class Reduction:
    """What the steps share: the channel, the statement, and the claims on columns gathered so far."""

    def __init__(self, ch: Channel, statement: Statement, outputs: Sequence[Sequence[int]]) -> None:
        self.ch, self.statement, self.outputs = ch, statement, outputs
        self.claims: list[ColumnClaim] = []

    def claim_rows(self, name: str, weights: RowWeights, part: ColumnPart, value: Claim) -> None:
        """Leave a claim to the opening."""
        self.claims.append(ColumnClaim(name, weights, part, value))

    def open_form(self, name: str, form: Form, point: Sequence[Ext]) -> Claim:
        """Receive a form's value at a point, protocol.md, 6.7: a padded scalar for each group of columns at one point.

        Reduces: to claims on columns, left to the opening. Public terms and the constant are evaluated here; a constant
        means constant * 1_real. The value has one fresh pad whenever the form has one group.
        """
        ch = self.ch
        axes = axis_points(form.dims, point)
        known = ch.evaluate(lambda: self._public_part(form, axes), ZERO)
        scalars = []
        for terms in group_terms(self.statement, form):
            value = ch.scalar(name)
            scalars.append(value)
            self._claim_group(name, form, terms, axes, value)
        if len(scalars) == 1:
            return ch.pad_claim(ch.pad_of_node[scalars[0].node], scalars[0].known + known)
        return ch.combine(known, *((ONE, value) for value in scalars))

    def open_factor(self, name: str, form: Form, point: Sequence[Ext]) -> Claim:
        """Receive a form's value as a claim with one fresh pad, fit for a product: protocol.md, 6.7."""
        value = self.open_form(name, form, point)
        if value.node in self.ch.pad_of_node:
            return value
        factor = self.ch.scalar(name)
        self.ch.zero(f"{name}, sum of its columns", self.ch.combine(ZERO, (ONE, factor), (MINUS_ONE, value)))
        return factor

    def _claim_group(self, name: str, form: Form, terms: Sequence[Term], axes: list[list[Ext]], value: Claim) -> None:
        ch, st = self.ch, self.statement
        first = st.columns[terms[0].column]
        sub_point = [r for axis, kind in zip(axes, terms[0].axes, strict=True) if kind == ALONG for r in axis]
        row_point, cell_point = first.split_point(sub_point, st.row_vars)

        def weights() -> RowWeights:
            rows = ch.vectors.elements(ch.vectors.eq_table(row_point))
            out: RowWeights = {}
            for term in terms:
                column = st.columns[term.column]
                factor, own = term_factor(form, term, axes), rows[: column.row_count(st.row_vars)]
                for row, weight in enumerate(own if factor == ONE else [w * factor for w in own], column.row):
                    key = (column.oracle, row)
                    out[key] = out[key] + weight if key in out else weight
            return out

        self.claim_rows(name, ch.evaluate(weights, {}), EqPart(tuple(cell_point)), value)

    def _public_part(self, form: Form, axes: list[list[Ext]]) -> Ext:
        out = ZERO
        if form.constant:
            real = ONE
            for dim, axis in zip(form.dims, axes, strict=True):
                real = real * prefix_indicator(dim, axis)
            out = real * form.constant
        for term in form.terms:
            if term.is_public:
                public = self.statement.outputs[-1 - term.column]
                sub_point = [r for axis, kind in zip(axes, term.axes, strict=True) if kind == ALONG for r in axis]
                value = evaluate_tensor(self.outputs[-1 - term.column], public.dims, sub_point)
                out = out + value * term_factor(form, term, axes)
        return out


def term_factor(form: Form, term: Term, axes: Sequence[Sequence[Ext]]) -> Ext:
    """Return the public factor of a term's column at a point: its coefficient, broadcasts and selections."""
    factor = Ext(term.coefficient)
    for dim, axis, kind in zip(form.dims, axes, term.axes, strict=True):
        if kind == BROADCAST:
            factor = factor * prefix_indicator(dim, axis)
        elif kind != ALONG:
            factor = factor * eq_index(axis, kind)
    return factor


def group_terms(statement: Statement, form: Form) -> list[list[Term]]:
    """Group a form's committed terms by oracle, the axes that their columns lie along, and their slot in a row.

    Columns of a group are claimed together: at one point, with one column part.
    """
    groups: dict[object, list[Term]] = {}
    for term in form.terms:
        if not term.is_public:
            column = statement.columns[term.column]
            along = tuple(kind == ALONG for kind in term.axes)
            key = (column.oracle, along, column.prefix(statement.row_vars), column.axis_vars)
            groups.setdefault(key, []).append(term)
    return list(groups.values())
