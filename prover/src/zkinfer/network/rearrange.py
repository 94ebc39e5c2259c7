"""Reshape and Transpose: the same integers under other indices. As a rule the columns stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Shape, show
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Transpose(Operation):
    """out's axis k is the input's axis order[k]."""

    kind: ClassVar[str] = "transpose"

    order: tuple[int, ...]

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the extents in their new order."""
        (x,) = inputs
        if sorted(self.order) != list(range(len(x.shape))):
            raise UsageError(f"{where}: {self.order} is no order of the axes of {show(x.shape)}.")
        return Spec(tuple(x.shape[axis] for axis in self.order), x.lo, x.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Transpose."""
        return inputs[0].transpose(self.order)

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """Look at the same columns, or sum, in another way."""
        return replace(inputs[0], name=name, view=inputs[0].view.transposed(self.order))


@dataclass(frozen=True)
class Reshape(Operation):
    """The same entries in row-major order."""

    kind: ClassVar[str] = "reshape"

    shape: Shape

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the new shape."""
        (x,) = inputs
        if prod(self.shape) != x.size:
            raise UsageError(f"{where}: {x.size} entries do not fill the shape {show(self.shape)}.")
        return Spec(self.shape, x.lo, x.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Reshape."""
        return np.ascontiguousarray(inputs[0]).reshape(self.shape)

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """Look at the same columns, or sum, in another way; where an axis is cut across, lay the entries in a line."""
        (x,) = inputs
        view = x.view.reshaped(self.shape)
        if view is not None:
            return replace(x, name=name, view=view)
        operand = lowering.committed(x)
        line = View.of((prod(self.shape),), ((0,),))
        flat = line.reshaped(x.view.shape)
        if flat is None:  # a line is cut anywhere
            raise AssertionError
        laid = lowering.laid(operand, flat, f"{name}.line")
        view = line.reshaped(self.shape)
        assert view is not None
        return replace(laid, name=name, view=view)
