"""Combine: a sum of integer multiples of tensors, stretched to a common shape, and of a constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array, show
from zkinfer.network.bias import bias_terms
from zkinfer.network.lowering import Lowering, Operand, Sum, along, joined, lifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View, restricted, separate_view
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form


@dataclass(frozen=True, eq=False)
class Combine(Operation):
    """out = sum_k coefficients[k] * x_k + bias, axes of extent 1 stretched; bias: of the output's rank."""

    kind: ClassVar[str] = "combine"

    coefficients: tuple[int, ...]
    bias: Array | None = None

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the common shape, and the range by interval arithmetic."""
        shapes = [spec.shape for spec in inputs] + ([] if self.bias is None else [self.bias.shape])
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            raise UsageError(
                f"{where}: shapes {', '.join(map(show, shapes))} cannot be stretched to one; make their axes agree."
            ) from None
        if len(inputs) != len(self.coefficients) or any(len(own) != len(shape) for own in shapes):
            raise UsageError(f"{where}: tensors of ranks {[len(own) for own in shapes]} cannot be combined.")
        bounds = [sorted((c * spec.lo, c * spec.hi)) for c, spec in zip(self.coefficients, inputs, strict=True)]
        low, high = (0, 0) if self.bias is None else (int(self.bias.min()), int(self.bias.max()))
        return Spec(shape, low + sum(lo for lo, _ in bounds), high + sum(hi for _, hi in bounds))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the exact sums."""
        out: Integers | int = 0 if self.bias is None else self.bias.astype(np.int64)
        for coefficient, x in zip(self.coefficients, inputs, strict=True):
            out = out + coefficient * x
        return np.asarray(out)

    def constants(self) -> Mapping[str, Array]:
        """The constant, if there is one."""
        return {} if self.bias is None else {"bias": self.bias}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Sum:
        """Leave the sum pending; one of the tensors may be a pending sum itself and stay so."""
        specs = [Spec(x.view.shape, x.lo, x.hi) for x in inputs]
        out = self.spec(specs, name)
        full = [x for x in inputs if x.view.shape == out.shape]
        # A tensor of one entry that is stretched needs an axis of its own, which no contraction's output has.
        unit = any(not x.view.atoms for x in inputs) and out.size > 1
        pending = None if unit else next((x for x in full if isinstance(x, Sum) and x.relation is not None), None)
        chosen = pending or next(iter(full), None)
        view = chosen.view if chosen is not None else separate_view(out.shape)
        if any(0 < len(set(axis) & _kept(x, view)) < len(axis) for x in inputs for axis in view.axes):
            # An axis of the form, along a part of which a tensor is stretched, is taken apart.
            pending, view = None, separate_view(out.shape)
        bias = bias_terms(lowering, f"{name}.bias", self.bias, view)
        if pending is not None and lowering.weighted_alike(pending.terms, bias):
            pending = None  # two constants in one claim would each be proved near the code in that sum alone
        relation, parts = None, [Form(view.dims, bias, 0)]
        for k, (coefficient, x) in enumerate(zip(self.coefficients, inputs, strict=True)):
            if isinstance(x, Sum) and x is pending and coefficient == 1 and relation is None:
                relation = x.relation
                parts.append(Form(view.dims, x.terms, x.constant))
                continue
            operand = lowering.committed(x)
            if unit and not operand.view.atoms:
                parts.append(
                    scaled(along(operand.form, [True, *(False for _ in view.dims)], (1, *view.dims)), coefficient)
                )
            else:
                parts.append(scaled(self._stretched(lowering, operand, view, f"{name}.term{k}"), coefficient))
        if unit:
            parts = [part if len(part.dims) > len(view.dims) else lifted(part) for part in parts]
        terms = joined([term for part in parts for term in part.terms])
        return Sum(name, view, out.lo, out.hi, relation, terms, sum(part.constant for part in parts), unit)

    def _stretched(self, lowering: Lowering, x: Operand, view: View, name: str) -> Form:
        """Return a tensor's form over the axes of a view of the common shape."""
        if not view.atoms:
            return x.form
        kept = _kept(x, view)
        own = tuple(axis for axis in view.axes if set(axis) & kept)
        target = restricted(view, own, x.view.shape)
        laid = lowering.laid(x, target, name)
        return along(laid.form, [bool(set(axis) & kept) for axis in view.axes], view.dims)


def _kept(x: Operand | Sum, view: View) -> set[int]:
    """Return the atoms of a view of the common shape along which a tensor is not stretched."""
    return {atom for axis, extent in enumerate(x.view.shape) if extent > 1 for atom in view.logical[axis]}
