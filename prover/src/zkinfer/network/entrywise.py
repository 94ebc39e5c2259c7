"""Relations between tensors in one view, entry by entry: sums that are zero, and products."""

from __future__ import annotations

from zkinfer.network.iteration import Iteration
from zkinfer.network.lowering import Lowering, joined, shifted
from zkinfer.network.view import View
from zkinfer.program.values import scaled
from zkinfer_verify.statement.relations import Contraction, Form


def zero(lowering: Lowering, name: str, *parts: tuple[int, Form], constant: int = 0) -> None:
    """State that a sum of multiples of forms of equal extents, and a constant, is zero."""
    forms = [scaled(form, factor) for factor, form in parts]
    terms = joined([term for form in forms for term in form.terms])
    lowering.affine(name, Form(forms[0].dims, terms, constant + sum(form.constant for form in forms)))


def product(lowering: Lowering, name: str, out: Form, left: Form, right: Form) -> None:
    """State out = left * right, all of equal extents. Bounds are the ranges' product."""
    iteration = Iteration(out.dims, (None,) * len(out.dims))
    access = iteration.access(tuple((k,) for k in range(len(out.dims))))
    lowering.contraction(name, Contraction(out.dims, out, access, left, access, right, access, 1))


def at_least(lowering: Lowering, name: str, view: View, form: Form, least: int, reach: int) -> None:
    """State least <= form <= least + reach, by committing form - least as `name`."""
    slack = lowering.ranged(name, view, 0, reach, name)
    zero(lowering, name, (1, form), (-1, shifted(slack, least)))
