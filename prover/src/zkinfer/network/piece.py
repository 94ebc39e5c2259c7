"""Piece: every step-th entry of some axes, from a start on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from zkinfer.graph.operator import Shape, show
from zkinfer.network.grid import Steps, access, common_groups, in_groups, whole
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Piece(Operation):
    """out[i..] = x[start + step * i ..], for as many entries along each axis as `shape` says."""

    kind: ClassVar[str] = "piece"

    start: tuple[int, ...]
    step: tuple[int, ...]
    shape: Shape

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the piece's shape."""
        (x,) = inputs
        fits = len(self.shape) == len(x.shape) == len(self.start) == len(self.step) and all(
            start >= 0 and step >= 1 and size >= 1 and start + step * (size - 1) < extent
            for start, step, size, extent in zip(self.start, self.step, self.shape, x.shape, strict=True)
        )
        if not fits:
            raise UsageError(f"{where}: a piece of {show(self.shape)} from {self.start} is not in {show(x.shape)}.")
        return Spec(self.shape, x.lo, x.hi)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Cut."""
        cut = (slice(a, a + s * (n - 1) + 1, s) for a, s, n in zip(self.start, self.step, self.shape, strict=True))
        return inputs[0][tuple(cut)]

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """State that new columns are the tensor, read at its places."""
        if not inputs[0].view.shape:
            return replace(inputs[0], name=name)  # a single entry without an axis stays what it is
        groups = common_groups([inputs[0].view], inputs[0].view.shape)
        x = in_groups(lowering, inputs[0], groups, f"{name}.input")
        out = lowering.held(name, View.of(self.shape, groups), x.lo, x.hi)
        axes = range(len(self.shape))
        read = {k: Steps(((k, self.step[k]),), -self.start[k]) for k in axes}
        written = {k: Steps(((k, 1),)) for k in axes}
        lowering.movement(name, self.shape, (out.form, access(out.view, written)), whole(x.form, x.view, groups, read))
        return out
