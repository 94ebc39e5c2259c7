"""Lowering a network: what its operations share when they add columns and relations.

A tensor is an Operand, committed as a form over columns, or a Sum, the result of a linear operation that nobody has
committed yet: whoever reads it decides how its entries are cut into columns.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.iteration import apart, of_views
from zkinfer.network.operation import Integers
from zkinfer.network.view import View, separate_view
from zkinfer.program.builder import Builder
from zkinfer.program.values import scaled
from zkinfer_verify.errors import InternalError
from zkinfer_verify.statement.column import Role
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Access, Affine, Contraction, Form, Term

Terms = tuple[Term, ...]
LARGEST_TABLE = 1 << 12
"""Codes that have a table of their own: more are cut into limbs."""


@dataclass(frozen=True)
class Operand:
    """A committed tensor: its form over columns, how its entries lie along the form's axes, and their range."""

    name: str
    view: View
    form: Form
    lo: int
    hi: int


@dataclass(frozen=True)
class Sum:
    """A tensor that is a sum: of a contraction, if there is one, and of terms and a constant over the view's axes.

    The contraction's own output form is still empty. unit: the terms have an axis of extent 1 in front, along which a
    tensor of one entry lies that is stretched along all others.
    """

    name: str
    view: View
    lo: int
    hi: int
    relation: Contraction | None
    terms: Terms = ()
    constant: int = 0
    unit: bool = False


@dataclass
class Lowering:
    """The builder; by name the view of every committed value, and every array of weights as it is laid out.

    laid_out: weights of earlier lowerings of the same network, with their smallest and largest entries.

    copies: by the name of a value that is committed again in another view, the one that it equals; spans: for each
    function that several nodes look up, the arguments of all of them: they share one table.
    """

    builder: Builder
    views: dict[str, View] = field(default_factory=dict)
    weights: dict[str, Array] = field(default_factory=dict)
    spans: dict[Hashable, tuple[int, int]] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    laid_out: dict[str, tuple[Array, int, int]] = field(default_factory=dict)

    def span(self, key: Hashable, first: int, last: int) -> tuple[int, int]:
        """Return the arguments of a function's table: all that any node of the network gives it, if that is known."""
        lo, hi = self.spans.get(key, (first, last))
        return min(lo, first), max(hi, last)

    def ranged(self, name: str, view: View, lo: int, hi: int, bundle: str) -> Form:
        """Commit a value in lo .. hi by limbs; bundle: columns of one bundle lie at the same offset."""
        self.views[name] = view
        return self.builder.ranged(name, view.dims, lo, hi, bundle)

    def remainder(self, name: str, view: View, shift: int) -> Form:
        """Commit a remainder of 2^shift, whose range is exact in every plan: so there is one quotient."""
        self.views[name] = view
        return self.builder.ranged(name, view.dims, 0, (1 << shift) - 1, name, exact=True)

    def tabled(self, name: str, view: View, size: int, bundle: str, lo: int = 0) -> Form:
        """Commit a value in lo .. lo + size - 1 as one column, in a table of as many rows."""
        self.views[name] = view
        return self.builder.in_table(name, view.dims, lo, lo + size - 1, bundle)

    def held(self, name: str, view: View, lo: int, hi: int) -> Operand:
        """Commit a tensor of codes: in one column, or by limbs where there are too many codes for a table."""
        self.views[name] = view
        commit = self.builder.coded if hi - lo < LARGEST_TABLE else self.builder.ranged
        return Operand(name, view, commit(name, view.dims, lo, hi, name), lo, hi)

    def applied(self, name: str, view: View, lo: int, values: Integers) -> tuple[Form, Form]:
        """Commit x, as `name`.argument, and f(x), as `name`, for the function's values at lo, lo + 1, .. ."""
        self.views[f"{name}.argument"] = self.views[name] = view
        return self.builder.applied(name, view.dims, lo, values)

    def image(self, name: str, x: Operand, lo: int, values: Integers) -> Form:
        """Commit f(x) for a committed tensor; the values cover its range, from lo on."""
        found = single_column(x.form)
        if found is None:
            x = self.copied(x, f"{name}.argument")
            found = x.form.terms[0].column, 0
        column, constant = found
        self.views[name] = x.view
        return self.builder.image(name, column, lo - constant, values)

    def copied(self, x: Operand, name: str) -> Operand:
        """Commit a tensor's integers as one column with a table of its own."""
        self.views[name], self.copies[name] = x.view, x.name
        form = self.builder.in_table(name, x.view.dims, x.lo, x.hi)
        self.state(self.total(x), form)
        return Operand(name, x.view, form, x.lo, x.hi)

    def weight(self, name: str, array: Callable[[], Array]) -> int:
        """Commit an array of weights in the layout in which it is given; returns its column.

        The array is made once: every plan that is tried lays weights out alike.
        """
        if name not in self.laid_out:
            made = np.ascontiguousarray(array())
            self.laid_out[name] = made, int(made.min()), int(made.max())
        made, lo, hi = self.laid_out[name]
        self.weights[name] = made
        return self.builder.weight(name, made.shape, lo, hi)

    def weighted_alike(self, *forms: Terms) -> bool:
        """Whether two terms of weights lie along the same axes of a form; then they may be claimed together."""
        drafts = self.builder.drafts
        axes = [t.axes for terms in forms for t in terms if not t.is_public and drafts[t.column].role is Role.WEIGHT]
        return len(set(axes)) < len(axes)

    def related(self, operand: Operand) -> bool:
        """Whether a committed tensor's columns stand in a relation, and not in lookups alone."""
        builder = self.builder
        forms = [affine.form for _, affine in builder.affines]
        forms += [factor for _, vanish in builder.vanishes for factor in vanish.factors]
        for _, relation in builder.contractions:
            forms += [form for form in (relation.out, relation.left, relation.right) if form is not None]
        columns = {term.column for form in forms for term in form.terms}
        return all(term.column in columns for term in operand.form.terms)

    def affine(self, name: str, form: Form) -> None:
        """State that a form is zero."""
        self.builder.affines.append((name, Affine(Form(form.dims, joined(form.terms), form.constant))))

    def contraction(self, name: str, relation: Contraction) -> None:
        """State a contraction; `name` names it in messages."""
        self.builder.contractions.append((name, relation))

    def movement(
        self, name: str, extents: tuple[int, ...], out: tuple[Form, Access], right: tuple[Form, Access]
    ) -> None:
        """State that one form is another, each read along the iteration axes."""
        self.contraction(name, Contraction(extents, *out, None, (), *right, 1))

    def state(self, total: Sum, form: Form) -> None:
        """State that a form over the sum's view is the sum."""
        if total.unit:
            form = lifted(form)
        rest = scaled(Form(form.dims, total.terms, total.constant), -1)
        form = Form(form.dims, joined((*form.terms, *rest.terms)), form.constant + rest.constant)
        if total.relation is None:
            self.builder.affines.append((total.name, Affine(form)))
        else:
            self.builder.contractions.append((total.name, replace(total.relation, out=form)))

    def total(self, tensor: Operand | Sum) -> Sum:
        """Return any tensor as a sum."""
        if isinstance(tensor, Sum):
            return tensor
        return Sum(tensor.name, tensor.view, tensor.lo, tensor.hi, None, tensor.form.terms, tensor.form.constant)

    def committed(self, tensor: Operand | Sum) -> Operand:
        """Return a tensor as an operand: a sum is committed as it is, under its own name."""
        if isinstance(tensor, Operand):
            return tensor
        form = self.ranged(tensor.name, tensor.view, tensor.lo, tensor.hi, tensor.name)
        self.state(tensor, form)
        return Operand(tensor.name, tensor.view, form, tensor.lo, tensor.hi)

    def laid(self, operand: Operand, view: View, name: str) -> Operand:
        """Return an operand in another view of the same shape; `name` names the new columns.

        The same integers are committed again, and stated to be the same, entry by entry. Where neither view's axes
        refine the other's, the tensor is laid out with an axis for each part in between.
        """
        if operand.view == view:
            return operand
        moved = self._moved(operand, view, name)
        if moved is not None:
            return moved
        parts = apart(operand.view, view)
        if parts is None:
            # Two ways to cut an axis that have nothing in common but the whole of it.
            return self.laid(self.laid(operand, separate_view(view.shape), f"{name}.whole"), view, name)
        between = self._moved(operand, parts, f"{name}.apart")
        moved = None if between is None else self._moved(between, view, name)
        if moved is None:
            raise InternalError(f"tensor {operand.name} cannot be laid out as {view}")
        return moved

    def _moved(self, operand: Operand, view: View, name: str) -> Operand | None:
        """Commit an operand's integers in another view, or None where one movement does not do it."""
        plan = of_views(operand.view, view)
        if plan is None:
            return None
        iteration, old, new = plan
        self.copies[name] = operand.name
        refines = _homes(old, new)
        if not refines and not _homes(new, old):
            return None
        form = self.ranged(name, view, operand.lo, operand.hi, name)
        extents, old_access, new_access = iteration.extents, iteration.access(old), iteration.access(new)
        if refines:
            relation = Contraction(extents, operand.form, old_access, None, (), form, new_access, 1)
        else:
            relation = Contraction(extents, form, new_access, None, (), operand.form, old_access, 1)
        self.builder.contractions.append((name, relation))
        return Operand(name, view, form, operand.lo, operand.hi)


def _homes(inner: Sequence[Sequence[int]], outer: Sequence[Sequence[int]]) -> bool:
    """Whether each of a tensor's axes is read by one of the other's, and no two merged ones by the same."""
    merged: list[int] = []
    for axis in inner:
        home = next((k for k, other in enumerate(outer) if set(axis) <= set(other)), None)
        if home is None:
            return False
        if len(axis) > 1:
            merged.append(home)
    return len(merged) == len(set(merged))


def joined(terms: Sequence[Term]) -> Terms:
    """Add up terms of the same column along the same axes, and drop those that cancel."""
    total: dict[tuple[int, tuple[int, ...]], int] = {}
    for term in terms:
        key = (term.column, term.axes)
        total[key] = total.get(key, 0) + term.coefficient
    return tuple(Term(coefficient, *key) for key, coefficient in total.items() if coefficient)


def lifted(form: Form) -> Form:
    """Return a form with an axis of extent 1 in front."""
    return along(form, [False, *(True for _ in form.dims)], (1, *form.dims))


def along(form: Form, kinds: Sequence[bool], dims: Sequence[int]) -> Form:
    """Lay a form over more axes: kinds says which of them are its own, in order; along the others it is constant."""
    terms = []
    for term in form.terms:
        own = iter(term.axes)
        terms.append(Term(term.coefficient, term.column, tuple(next(own) if kind else BROADCAST for kind in kinds)))
    return Form(tuple(dims), tuple(terms), form.constant)


def single_column(form: Form) -> tuple[int, int] | None:
    """Return (column, constant) of a form that is a column and a constant."""
    if len(form.terms) == 1:
        (term,) = form.terms
        if term.coefficient == 1 and not term.is_public and set(term.axes) == {ALONG}:
            return term.column, form.constant
    return None


def added(form: Form, other: Form) -> Form:
    """Return the sum of two forms of one shape."""
    return Form(form.dims, joined((*form.terms, *other.terms)), form.constant + other.constant)


def shifted(form: Form, constant: int) -> Form:
    """Return form + constant."""
    return Form(form.dims, form.terms, form.constant + constant)
