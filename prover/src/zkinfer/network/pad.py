"""Pad: a constant code around a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Shape, show
from zkinfer.network.grid import Steps, access, common_groups, in_groups, whole
from zkinfer.network.lowering import Lowering, Operand, Sum, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Pad(Operation):
    """out[i..] = x[i - before ..] where that is in x, `value` elsewhere."""

    kind: ClassVar[str] = "pad"

    before: tuple[int, ...]
    after: tuple[int, ...]
    value: int = 0

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the enlarged shape, and the range with the value."""
        (x,) = inputs
        if not len(x.shape) == len(self.before) == len(self.after) or min((*self.before, *self.after), default=0) < 0:
            raise UsageError(f"{where}: {self.before} and {self.after} cannot be put around {show(x.shape)}.")
        return Spec(self._shape(x.shape), min(x.lo, self.value), max(x.hi, self.value))

    def _shape(self, shape: Shape) -> Shape:
        return tuple(b + extent + a for b, extent, a in zip(self.before, shape, self.after, strict=True))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Pad."""
        around = tuple(zip(self.before, self.after, strict=True))
        return np.pad(inputs[0], around, constant_values=self.value) if around else inputs[0]

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """State out - value = (x - value), read before and after its entries too, where it is zero."""
        spec = self.spec([Spec(inputs[0].view.shape, inputs[0].lo, inputs[0].hi)], name)
        if not inputs[0].view.shape:
            return replace(inputs[0], name=name)  # a single entry without an axis stays what it is
        groups = common_groups([inputs[0].view], spec.shape)
        x = in_groups(lowering, inputs[0], groups, f"{name}.input")
        out = lowering.held(name, View.of(spec.shape, groups), spec.lo, spec.hi)
        axes = range(len(spec.shape))
        written = {k: Steps(((k, 1),)) for k in axes}
        read = {k: Steps(((k, 1),), self.before[k]) for k in axes}
        left = (shifted(out.form, -self.value), access(out.view, written))
        lowering.movement(name, spec.shape, left, whole(shifted(x.form, -self.value), x.view, groups, read))
        return out
