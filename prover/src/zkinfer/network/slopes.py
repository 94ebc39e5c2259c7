"""Slopes: two straight lines that meet at zero, for each channel its own. PRelu is one of them.

out = negative_c * x + (positive_c - negative_c) * max(x, 0)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.bias import bias_terms
from zkinfer.network.iteration import Iteration
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.statement.relations import ALONG, Contraction, Form, Index, Term


@dataclass(frozen=True, eq=False)
class Slopes(Operation):
    """negative, positive: the factors of negative and positive entries, of x's rank with axes of full extent or 1."""

    kind: ClassVar[str] = "slopes"

    negative: Array
    positive: Array

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the shape, and the range that the largest and smallest factors give."""
        (x,) = inputs
        below = [int(f) * min(x.lo, 0) for f in (self.negative.min(), self.negative.max())]
        above = [int(f) * max(x.hi, 0) for f in (self.positive.min(), self.positive.max())]
        return Spec(x.shape, min(0, *below, *above), max(0, *below, *above))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute both lines; the positive parts are committed."""
        (x,) = inputs
        positive = np.maximum(x, 0)
        record("positive", positive)
        return self.negative.astype(np.int64) * (x - positive) + self.positive.astype(np.int64) * positive

    def constants(self) -> Mapping[str, Array]:
        """The factors."""
        return {"negative": self.negative, "positive": self.positive}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Sum:
        """Look (x, max(x, 0)) up, and leave the sum of the two, times their factors, pending.

        The two tensors are stacked in one form, so that one contraction takes both; x's constant is part of a bias.
        """
        x = lowering.committed(inputs[0])
        values = np.maximum(np.arange(x.lo, x.hi + 1, dtype=np.int64), 0)
        positive = lowering.image(f"{name}.positive", x, x.lo, values)
        shape = np.broadcast_shapes(self.negative.shape, self.positive.shape)
        negative = np.broadcast_to(self.negative, shape).astype(np.int64)
        factors = np.stack([negative, np.broadcast_to(self.positive, shape) - negative])
        dims, constant = x.view.dims, x.form.constant
        stacked = Form((2, *dims), (*_at(0, x.form), *_at(1, positive)), 0)
        out = self.spec([Spec(x.view.shape, x.lo, x.hi)], name)
        varying = [bool(set(axis) & _varying(x.view, shape)) for axis in x.view.axes]
        # Factors that all entries share still have an axis: a tensor of which nothing is read has no access.
        varying[0] |= not any(varying)
        laid = np.stack([_cut(x.view, factor, varying) for factor in factors])
        column = lowering.weight(f"{name}.factors", lambda: laid)
        left = Form(laid.shape, (Term(1, column, (ALONG,) * laid.ndim),), 0)
        extents = (*dims, 2)
        iteration = Iteration(extents, (None,) * len(extents))
        axes = tuple((k,) for k in range(len(dims)))
        which = (Index(2, ((len(dims), 1),), 0),)
        relation = Contraction(
            extents,
            Form(dims, (), 0),
            iteration.access(axes),
            left,
            (which, *iteration.access(tuple(axis for axis, kind in zip(axes, varying, strict=True) if kind))),
            stacked,
            (which, *iteration.access(axes)),
            int(np.abs(factors).sum(axis=0).max()),
        )
        bias = negative * constant if constant else None
        terms = bias_terms(lowering, f"{name}.bias", bias, x.view)
        return Sum(name, x.view, out.lo, out.hi, relation, terms)


def _at(index: int, form: Form) -> tuple[Term, ...]:
    """Return a form's terms at one index of an axis in front."""
    return tuple(Term(term.coefficient, term.column, (index, *term.axes)) for term in form.terms)


def _varying(view: View, shape: tuple[int, ...]) -> set[int]:
    """Return the atoms along which an array with axes of extent 1 varies."""
    return {atom for axis, atoms in enumerate(view.logical) if shape[axis] > 1 for atom in atoms}


def _cut(view: View, array: Array, varying: Sequence[bool]) -> Array:
    """Lay an array out along those of a form's axes along which it varies."""
    full = view.arrange(np.broadcast_to(array, view.shape))
    cut: Array = full[tuple(slice(None) if kind else 0 for kind in varying)]
    return np.ascontiguousarray(cut)
