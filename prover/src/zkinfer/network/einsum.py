"""Einsum: sums of products over labelled axes, of two tensors, or of a tensor and weights.

    out[kept labels] = sum over the other labels of  first[labels] * second[labels]   (+ bias)

Matrix products, elementwise products, scalings by channel, and sums along axes are all of this form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array, Shape, show
from zkinfer.network.bias import bias_terms
from zkinfer.network.exact import exact_einsum
from zkinfer.network.iteration import AxisAtoms, Iteration, join, refine, with_unit
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec, interval
from zkinfer.network.view import View, ordered, separate_view
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import ALONG, Contraction, Form, Term

LETTERS = "abcdefgh"


@dataclass(frozen=True, eq=False)
class Einsum(Operation):
    """labels: of the first tensor's axes, and of the second one's or the weights'; out: those that are kept, in order.

    Each label is a letter, and has one extent: axes of extent 1 that should be stretched get letters of their own.
    weights: the second factor, a constant; without it and with one input, the tensor is summed. bias: of the output's
    rank, with axes of full extent or 1. factor: an integer by which a sum without weights is multiplied.
    square: the two inputs are one tensor, so that no product is negative.
    """

    kind: ClassVar[str] = "einsum"

    labels: tuple[str, str]
    out: str
    weights: Array | None = None
    bias: Array | None = None
    factor: int = 1
    square: bool = False

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the kept extents, and the range that the weights' positive and negative parts give."""
        extents = self._extents([spec.shape for spec in inputs], where)
        shape = tuple(extents[label] for label in self.out)
        x = inputs[0]
        if self.weights is None:
            count = prod(extent for label, extent in extents.items() if label not in self.out)
            factors = [x.lo, x.hi] if len(inputs) == 1 else [a * b for a in (x.lo, x.hi) for b in _ends(inputs[1])]
            if self.square:
                factors = [0, x.peak**2]
            lo, hi = interval([count * self.factor * bound for bound in factors])
            lows, highs = np.array(lo, dtype=object), np.array(hi, dtype=object)
        else:
            plus, minus = self._sums(extents)
            lows, highs = plus * x.lo - minus * x.hi, plus * x.hi - minus * x.lo
        if self.bias is not None:
            bias = self.bias.astype(object)
            lows, highs = lows + bias, highs + bias
        return Spec(shape, int(np.min(lows)), int(np.max(highs)))

    def _extents(self, shapes: Sequence[Shape], where: str) -> dict[str, int]:
        """Return the extent of each label."""
        if self.weights is not None:
            shapes = (*shapes, self.weights.shape)
        extents: dict[str, int] = {}
        for labels, shape in zip(self.labels, shapes, strict=False):
            if len(labels) != len(shape):
                raise UsageError(f"{where}: a tensor of shape {show(shape)} does not have the axes {labels}.")
            for label, extent in zip(labels, shape, strict=True):
                if extents.setdefault(label, extent) != extent:
                    raise UsageError(f"{where}: axes of {extent} and {extents[label]} entries do not fit together.")
        return extents

    def _sums(self, extents: Mapping[str, int]) -> tuple[Array, Array]:
        """Return the sums of positive weights and of negative ones' magnitudes, for each output they tell apart.

        Exact integers, laid out to be stretched over the output.
        """
        repeated = prod(extents[a] for a in extents if a not in self.out and a not in self.labels[1])
        plus, minus = self._weight_sums
        return plus * repeated, minus * repeated

    @cached_property
    def _weight_sums(self) -> tuple[Array, Array]:
        """Return the sums where no entry of the tensor that is read meets a weight twice."""
        assert self.weights is not None
        summed = tuple(axis for axis, label in enumerate(self.labels[1]) if label not in self.out)
        extents = dict(zip(self.labels[1], self.weights.shape, strict=True))
        kept = [label for label in self.labels[1] if label in self.out]
        order = [kept.index(label) for label in self.out if label in kept]
        shape = [extents[label] if label in kept else 1 for label in self.out]
        positive = np.maximum(self.weights, 0).sum(axis=summed, dtype=np.int64)
        negative = positive - self.weights.sum(axis=summed, dtype=np.int64)
        plus, minus = (part.transpose(order).reshape(shape).astype(object) for part in (positive, negative))
        return plus, minus

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the exact sums."""
        factors = list(inputs) if self.weights is None else [inputs[0], self.weights]
        out = self.factor * exact_einsum(self.labels[: len(factors)], self.out, factors)
        return out if self.bias is None else out + self.bias.astype(np.int64)

    def constants(self) -> Mapping[str, Array]:
        """Weights and bias."""
        named = {"weights": self.weights, "bias": self.bias}
        return {name: array for name, array in named.items() if array is not None}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Sum:
        """Leave the sums pending; weights take the layout of the tensor that they meet."""
        first = lowering.committed(inputs[0])
        second = lowering.committed(inputs[1]) if len(inputs) > 1 else None
        specs = [Spec(x.view.shape, x.lo, x.hi) for x in (first, second) if x is not None]
        out = self.spec(specs, name)
        extents = self._extents([spec.shape for spec in specs], name)
        if second is None:
            return self._with_weights(lowering, name, first, out, extents)
        found = refine((second.view, first.view), (self.labels[1], self.labels[0]))
        if found is None:
            first = lowering.laid(first, separate_view(first.view.shape), f"{name}.first")
            second = lowering.laid(second, separate_view(second.view.shape), f"{name}.second")
            found = refine((second.view, first.view), (self.labels[1], self.labels[0]))
        assert found is not None
        iteration, (left, right) = found
        view, out_axes = self._output(iteration, (left, right), extents)
        iteration, (left, right, out_axes) = join(iteration, (left, right, out_axes))
        summed = prod(extents[label] for label in extents if label not in self.out)
        norm = summed * abs(self.factor) * max(abs(second.lo), abs(second.hi))
        form = scaled(second.form, self.factor)
        relation = _contraction(iteration, out_axes, (form, left), (first.form, right), norm)
        return Sum(name, view, out.lo, out.hi, relation)

    def _with_weights(self, lowering: Lowering, name: str, x: Operand, out: Spec, extents: Mapping[str, int]) -> Sum:
        """Lower the product with weights, or the sum of one tensor."""
        views, labels = [x.view], [self.labels[0]]
        if self.weights is not None:
            # The weights' own axes are their labels; those that the tensor has are cut as it cuts them.
            views.append(separate_view(self.weights.shape))
            labels.append(self.labels[1])
        found = refine(views, labels)
        assert found is not None
        iteration, axes = found
        right = axes[0]
        left = self._weight_axes(iteration, right) if self.weights is not None else None
        tensors = [right] if left is None else [left, right]
        view, out_axes = self._output(iteration, tensors, extents)
        terms = bias_terms(lowering, f"{name}.bias", self.bias, view)
        if left is None:
            iteration, (right, out_axes) = join(iteration, (right, out_axes))
            relation = _contraction(iteration, out_axes, None, (scaled(x.form, self.factor), right), 1)
            return Sum(name, view, out.lo, out.hi, relation, terms)
        assert self.weights is not None
        plus, minus = self._sums(extents)
        dims = tuple(prod(iteration.extents[k] for k in axis) for axis in left)
        column = lowering.weight(f"{name}.weights", partial(self._arranged, iteration, left, dims))
        iteration, (left, right, out_axes) = join(iteration, (left, right, out_axes))
        form = Form(dims, (Term(1, column, (ALONG,) * len(dims)),), 0)
        relation = _contraction(iteration, out_axes, (form, left), (x.form, right), int(np.max(plus + minus)))
        return Sum(name, view, out.lo, out.hi, relation, terms)

    def _weight_axes(self, iteration: Iteration, right: AxisAtoms) -> AxisAtoms:
        """Return the axes of the weights' column: kept ones first, then the tensor's, grouped as it groups them."""
        of_weights = [k for k, label in enumerate(iteration.labels) if label in self.labels[1]]
        read = {k for axis in right for k in axis}
        alone = [(k,) for k in of_weights if k not in read]
        along = [tuple(k for k in axis if k in of_weights) for axis in right]
        axes = [axis for axis in (*alone, *along) if axis]
        return tuple(axes) or ((),)

    def _arranged(self, iteration: Iteration, left: AxisAtoms, dims: Shape) -> Array:
        """Lay the weights out along the axes of their column."""
        assert self.weights is not None
        atoms = [k for label in self.labels[1] for k, own in enumerate(iteration.labels) if own == label]
        split = self.weights.reshape([iteration.extents[k] for k in atoms])
        return split.transpose([atoms.index(k) for axis in left for k in axis]).reshape(dims)

    def _output(
        self, iteration: Iteration, operands: Sequence[AxisAtoms], extents: Mapping[str, int]
    ) -> tuple[View, AxisAtoms]:
        """Return the output's view: its axes are what the operands' axes keep, the weights' after the tensor's."""
        kept = {k for k, label in enumerate(iteration.labels) if label in self.out}
        axes: list[tuple[int, ...]] = []
        done: set[int] = set()
        for operand in reversed(operands):
            for axis in operand:
                mine = tuple(k for k in axis if k in kept and k not in done)
                done |= set(mine)
                if mine:
                    axes.append(mine)
        numbers = sorted(kept)
        atoms = tuple(iteration.extents[k] for k in numbers)
        logical = tuple(tuple(numbers.index(k) for k in numbers if iteration.labels[k] == label) for label in self.out)
        laid = ordered(atoms, [tuple(numbers.index(k) for k in axis) for axis in axes])
        return View(atoms, logical, laid), tuple(tuple(numbers[k] for k in axis) for axis in laid)


def stretched(first: Shape, second: Shape) -> tuple[tuple[str, str], str]:
    """Return labels of two shapes of one rank, and of their common one: axes of extent 1 have letters of their own."""
    labels, out = ["", ""], ""
    for axis, (a, b) in enumerate(zip(first, second, strict=True)):
        letter = LETTERS[axis]
        labels[0] += letter if a == b or a > 1 else letter.upper()
        labels[1] += letter if a == b or b > 1 else letter.upper()
        out += letter
    return (labels[0], labels[1]), out


def _ends(spec: Spec) -> tuple[int, int]:
    return spec.lo, spec.hi


def _contraction(
    iteration: Iteration,
    out: AxisAtoms,
    left: tuple[Form, AxisAtoms] | None,
    right: tuple[Form, AxisAtoms],
    norm: int,
) -> Contraction:
    """State a contraction; tensors without axes read one of extent 1."""
    right_form, right_axes = right
    left_form, left_axes = left if left is not None else (None, ())
    if any(axis == () for axes in (out, left_axes, right_axes) for axis in axes):
        iteration = with_unit(iteration)
        unit = len(iteration.extents) - 1
        out, left_axes, right_axes = (tuple(axis or (unit,) for axis in axes) for axes in (out, left_axes, right_axes))
        if not any(unit in axis for axis in right_axes):
            # Beside another axis an iteration axis of extent 1 moves nothing, but it is read.
            right_axes = ((*right_axes[0], unit), *right_axes[1:])
    empty = Form(tuple(prod(iteration.extents[k] for k in axis) for axis in out), (), 0)
    return Contraction(
        iteration.extents,
        empty,
        iteration.access(out),
        left_form,
        iteration.access(left_axes),
        right_form,
        iteration.access(right_axes),
        norm,
    )
