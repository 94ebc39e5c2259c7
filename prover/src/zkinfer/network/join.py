"""Join: tensors one after the other along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import show
from zkinfer.network.grid import Steps, access, common_groups, in_groups, whole
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Join(Operation):
    """out's entries along `axis` are those of the first tensor, then those of the second, .. ."""

    kind: ClassVar[str] = "join"

    axis: int

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the shape of all, and the range that holds all."""
        shapes = [spec.shape for spec in inputs]
        others = {(*shape[: self.axis], *shape[self.axis + 1 :]) for shape in shapes}
        if len(others) != 1 or not 0 <= self.axis < len(shapes[0]):
            raise UsageError(f"{where}: {', '.join(map(show, shapes))} cannot be joined along axis {self.axis}.")
        extent = sum(shape[self.axis] for shape in shapes)
        shape = (*shapes[0][: self.axis], extent, *shapes[0][self.axis + 1 :])
        return Spec(shape, min(spec.lo for spec in inputs), max(spec.hi for spec in inputs))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Concatenate."""
        return np.concatenate(inputs, axis=self.axis)

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State that each tensor is the new columns, read from its start on: so every new entry is stated once."""
        spec = self.spec([Spec(x.view.shape, x.lo, x.hi) for x in inputs], name)
        groups = common_groups([x.view for x in inputs], spec.shape)
        out = lowering.held(name, View.of(spec.shape, groups), spec.lo, spec.hi)
        start = 0
        for number, tensor in enumerate(inputs):
            x = in_groups(lowering, tensor, groups, f"{name}.input{number}")
            shape = x.view.shape
            plain = {k: Steps(((k, 1),)) for k in range(len(shape))}
            places = plain | {self.axis: Steps(((self.axis, 1),), -start)}
            read = whole(out.form, out.view, groups, places)
            lowering.movement(name, shape, (x.form, access(x.view, plain)), read)
            start += shape[self.axis]
        return out
