"""Join: tensors one after the other along an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Array, show
from zkinfer.network.grid import Steps, access, common_groups, in_groups, whole
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.view import View
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import ALONG, Form, Term


@dataclass(frozen=True, eq=False)
class Join(Operation):
    """out's entries along `axis` are those of the first tensor, then those of the second, ..

    constant: a tensor of weights that stands among them, with as many of the others before it as `place` says.
    """

    kind: ClassVar[str] = "join"

    axis: int
    constant: Array | None = None
    place: int = 0

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the shape of all, and the range that holds all."""
        specs = list(inputs)
        if self.constant is not None:
            own = Spec(self.constant.shape, int(self.constant.min()), int(self.constant.max()))
            specs.insert(self.place, own)
        shapes = [spec.shape for spec in specs]
        others = {(*shape[: self.axis], *shape[self.axis + 1 :]) for shape in shapes}
        if len(others) != 1 or not 0 <= self.axis < len(shapes[0]):
            raise UsageError(f"{where}: {', '.join(map(show, shapes))} cannot be joined along axis {self.axis}.")
        extent = sum(shape[self.axis] for shape in shapes)
        shape = (*shapes[0][: self.axis], extent, *shapes[0][self.axis + 1 :])
        return Spec(shape, min(spec.lo for spec in specs), max(spec.hi for spec in specs))

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Concatenate."""
        parts = list(inputs)
        if self.constant is not None:
            parts.insert(self.place, self.constant.astype(np.int64))
        return np.concatenate(parts, axis=self.axis)

    def constants(self) -> Mapping[str, Array]:
        """The tensor of weights, if there is one."""
        return {} if self.constant is None else {"constant": self.constant}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State that each tensor is the new columns, read from its start on: so every new entry is stated once."""
        spec = self.spec([Spec(x.view.shape, x.lo, x.hi) for x in inputs], name)
        groups = common_groups([x.view for x in inputs], spec.shape)
        out = lowering.held(name, View.of(spec.shape, groups), spec.lo, spec.hi)
        parts = [in_groups(lowering, x, groups, f"{name}.input{number}") for number, x in enumerate(inputs)]
        if self.constant is not None:
            parts.insert(self.place, self._weights(lowering, f"{name}.constant", View.of(self.constant.shape, groups)))
        start = 0
        for x in parts:
            shape = x.view.shape
            plain = {k: Steps(((k, 1),)) for k in range(len(shape))}
            places = plain | {self.axis: Steps(((self.axis, 1),), -start)}
            read = whole(out.form, out.view, groups, places)
            lowering.movement(name, shape, (x.form, access(x.view, plain)), read)
            start += shape[self.axis]
        return out

    def _weights(self, lowering: Lowering, name: str, view: View) -> Operand:
        """Return the tensor of weights in a view."""
        constant = self.constant
        assert constant is not None
        column = lowering.weight(name, lambda: view.arrange(constant))
        form = Form(view.dims, (Term(1, column, (ALONG,) * len(view.dims)),), 0)
        return Operand(name, view, form, int(constant.min()), int(constant.max()))
