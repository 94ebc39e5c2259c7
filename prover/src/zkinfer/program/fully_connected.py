"""Fully connected: a matrix product; the weights take the layout of the tensor they read."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from zkinfer.execute.fast import fully_connected
from zkinfer.graph.fully_connected import FullyConnected
from zkinfer.program.builder import Builder
from zkinfer.program.linear import RowSums, row_sums
from zkinfer.program.program import Integers
from zkinfer.program.values import Layout, LinearLowering, Pending, Value
from zkinfer_verify.errors import InternalError
from zkinfer_verify.statement.relations import ALONG, Access, Form, Index, Term


@dataclass(frozen=True)
class MatrixLowering(LinearLowering):
    """Iteration axes: the image, if there are several; output; then the axes of one image that is read."""

    outputs: int
    source: Layout
    left: Form
    right: Form

    def accesses(self, window: tuple[int, int] | None) -> tuple[tuple[int, ...], Access, Access, Access]:
        """The output o sums weights[o, k] * x[k] over all axes k of x."""
        if window is not None:
            raise InternalError("a flat tensor cannot be pooled")
        source, dims = self.source, self.source.image_dims
        images = (source.images,) if source.images > 1 else ()
        extents = (*images, self.outputs, *dims)
        plain: list[tuple[Index, ...]] = [(Index(extent, ((axis, 1),), 0),) for axis, extent in enumerate(extents)]
        image, (out, *read) = plain[: len(images)], plain[len(images) :]
        right = (*image, *read)
        if images and source.dims != (source.images, *dims):
            position = Index(source.dims[0], ((0, dims[0]), (2, 1)), 0)
            right = ((position,), *read[1:])
        return extents, (*image, out), (out, *read), right


@dataclass(frozen=True)
class FullyConnectedStep:
    """out = weights @ flattened source + bias; its sums stay pending."""

    name: str
    source: str
    op: FullyConnected

    @cached_property
    def sums(self) -> RowSums:
        """The weights' sums for each output: computed once, used by every plan that is tried."""
        return row_sums(self.op.weights, self.op.bias)

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Commit weights and bias, leave the sums pending."""
        source = values[self.source]
        if isinstance(source, Pending):
            raise InternalError("a pending sum is committed before it is read")
        weights, bias = self.op.weights, None
        outputs = weights.shape[0]
        dims = (outputs, *source.layout.image_dims)
        column = builder.weight(f"{self.name}.weights", dims, self.sums.lo, self.sums.hi)
        if self.op.bias is not None:
            bias = builder.weight(f"{self.name}.bias", (outputs,), int(self.op.bias.min()), int(self.op.bias.max()))
        low, high, drop = self.sums.ranges(source.lo, source.hi)
        left = Form(dims, (Term(1, column, (ALONG,) * len(dims)),), 0)
        operator = MatrixLowering(outputs, source.layout, left, source.form)
        target = source.layout.flat(outputs)
        values[self.name] = Pending(self.name, target, low, high, drop, self.sums.norm, bias, operator)

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """Compute the exact sums."""
        tensors[self.name] = fully_connected(tensors[self.source].reshape(-1), self.op, self.name, self.sums.norm)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return the matrix and the biases."""
        named = {f"{self.name}.weights": self.op.weights, f"{self.name}.bias": self.op.bias}
        return {name: array for name, array in named.items() if array is not None}
