"""Largest: where the largest entry along an axis is, as a row of zeros and a single one; of equal ones the first.

    y_j = n x_j - j,    m - y_j = d_j >= 0,    h_j d_j = 0,    sum_j h_j = 1,    h_j one of 0 and 1

No two y_j are equal: so m is the largest of them, and h_j is 1 where it stands and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array, show
from zkinfer.network.bias import bias_terms
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.rows import Rows
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Form, Vanish

LARGEST = 1 << 60


@dataclass(frozen=True)
class Largest(Operation):
    """out = 1 at the largest entry along `axis`, 0 elsewhere; extent: of the axis. last: of equal ones the last."""

    kind: ClassVar[str] = "largest"

    axis: int
    extent: int
    last: bool = False

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the input's shape, and 0..1."""
        (x,) = inputs
        if not 0 <= self.axis < len(x.shape) or x.shape[self.axis] != self.extent or self.extent < 2:
            raise UsageError(f"{where}: {show(x.shape)} has no axis {self.axis} of {self.extent} entries.")
        if 2 * self.extent * (x.peak + 1) >= LARGEST:
            raise UsageError(f"{where}: its entries range in {x.lo}..{x.hi}; quantise to fewer bits.")
        return Spec(x.shape, 0, 1)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Find the places; the largest of the y, and every distance from it, are committed."""
        (x,) = inputs
        order = self.constants()["order"].reshape([-1 if k == self.axis else 1 for k in range(x.ndim)])
        y = self.extent * x + order
        largest = y.max(axis=self.axis, keepdims=True)
        record("value", largest)
        record("distance", largest - y)
        out: Integers = (y == largest).astype(np.int64)
        return out

    def constants(self) -> Mapping[str, Array]:
        """What is added to tell equal entries apart."""
        order = np.arange(self.extent, dtype=np.int64)
        return {"order": order if self.last else -order}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State the lines above."""
        rows = Rows.of(lowering, lowering.committed(inputs[0]), (self.axis,), name)
        x, n = rows.x, self.extent
        view = x.view
        order = self.constants()["order"].reshape([n if k == self.axis else 1 for k in range(len(view.shape))])
        out = lowering.tabled(name, view, 2, name)
        distance = lowering.ranged(f"{name}.distance", view, 0, n * (x.hi - x.lo) + n - 1, name)
        value = lowering.ranged(f"{name}.value", rows.view, n * x.lo - n, n * x.hi + n, f"{name}.value")
        y = scaled(x.form, n)
        terms = (*y.terms, *distance.terms, *bias_terms(lowering, f"{name}.order", order, view))
        rows.equal(lowering, name, value, Form(view.dims, terms, y.constant + distance.constant))
        lowering.builder.vanishes.append((name, Vanish((out, distance))))
        rows.summed(lowering, name, Form(rows.view.dims, (), 1), out)
        return Operand(name, view, out, 0, 1)
