"""Repeat: every entry several times, side by side, which is nearest upsampling, or the whole tensor again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Shape, show
from zkinfer.network.grid import Steps, access, common_groups, in_groups, whole
from zkinfer.network.lowering import Lowering, Operand, Sum, along
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import Index


@dataclass(frozen=True)
class Repeat(Operation):
    """out[count i + a] = x[i], or with `tiled` out[i + extent a] = x[i], for a < count along each axis."""

    kind: ClassVar[str] = "repeat"

    counts: tuple[int, ...]
    tiled: bool = False

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the enlarged shape."""
        (x,) = inputs
        if len(self.counts) != len(x.shape) or min(self.counts, default=1) < 1:
            raise UsageError(f"{where}: entries of {show(x.shape)} cannot be repeated {self.counts} times.")
        return Spec(self._shape(x.shape), x.lo, x.hi)

    def _shape(self, shape: Shape) -> Shape:
        return tuple(extent * count for extent, count in zip(shape, self.counts, strict=True))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Repeat."""
        if self.tiled:
            return np.tile(inputs[0], self.counts)
        out = inputs[0]
        for axis, count in enumerate(self.counts):
            out = out.repeat(count, axis=axis)
        return out

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """State that the tensor, stretched along an axis for each repeated one, is the new columns at its places."""
        if not inputs[0].view.shape:
            return replace(inputs[0], name=name)  # a single entry without an axis stays what it is
        shape = inputs[0].view.shape
        groups = common_groups([inputs[0].view], self._shape(shape))
        x = in_groups(lowering, inputs[0], groups, f"{name}.input")
        out = lowering.held(name, View.of(self._shape(shape), groups), x.lo, x.hi)
        repeated = [axis for axis, count in enumerate(self.counts) if count > 1]
        copy = {axis: len(shape) + k for k, axis in enumerate(repeated)}
        plain = {k: Steps(((k, 1),)) for k in range(len(shape))}
        places = dict(plain)
        for axis in repeated:
            near, far = (1, shape[axis]) if self.tiled else (self.counts[axis], 1)
            places[axis] = Steps(((axis, near), (copy[axis], far)))
        counts = tuple(self.counts[axis] for axis in repeated)
        stretched = along(x.form, [*(False for _ in repeated), *(True for _ in x.form.dims)], (*counts, *x.form.dims))
        across = tuple((Index(self.counts[axis], ((copy[axis], 1),), 0),) for axis in repeated)
        left = (stretched, (*across, *access(x.view, plain)))
        lowering.movement(name, (*shape, *counts), left, whole(out.form, out.view, groups, places))
        return out
