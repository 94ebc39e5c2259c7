"""Convolution: stride, padding, dilation and groups in the accesses of one contraction."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from zkinfer.execute.fast import convolution
from zkinfer.graph.convolution import Convolution
from zkinfer.program.builder import Builder
from zkinfer.program.linear import RowSums, row_sums
from zkinfer.program.program import Integers
from zkinfer.program.values import Layout, LinearLowering, Pending, Value
from zkinfer_verify.errors import InternalError
from zkinfer_verify.statement.relations import ALONG, Access, Form, Index, Term


@dataclass(frozen=True)
class ConvolutionLowering(LinearLowering):
    """The output at row r, column c sums the input at stride * r + dilation * (kernel row) - padding, and likewise c.

    With a window, r = height * (pooled row) + (window row). With groups, channel = size * group + (channel in the
    group). The first iteration axis is the image, if there are several.
    """

    op: Convolution
    source: Layout
    target: Layout
    left: Form
    right: Form

    def accesses(self, window: tuple[int, int] | None) -> tuple[tuple[int, ...], Access, Access, Access]:
        """Return (extents, out, left, right accesses)."""
        op, source, target = self.op, self.source.grid, self.target.grid
        if source is None or target is None:
            raise InternalError("a convolution's tensors have a grid")
        out, kh, kw, channels = op.kernel.shape
        height, width = window or (1, 1)
        axes = {"image": self.source.images} if self.source.images > 1 else {}
        axes |= {"row": target[0] // height, "column": target[1] // width}
        if window is not None:
            axes |= {"window row": height, "window column": width}
        if op.groups > 1:
            axes["group"] = op.groups
        axes |= {"out": out // op.groups, "kernel row": kh, "kernel column": kw, "in": channels}
        number = {name: k for k, name in enumerate(axes)}

        def index(extent: int, steps: dict[str, int], offset: int = 0) -> Index:
            return Index(extent, tuple((number[name], step) for name, step in steps.items() if name in number), offset)

        def plain(name: str) -> Index:
            return index(axes[name], {name: 1})

        out_channel = index(out, {"group": out // op.groups, "out": 1})
        in_channel = index(channels * op.groups, {"group": channels, "in": 1})
        stride, dilation, padding = op.stride, op.dilation, op.padding
        row = {"row": stride[0] * height, "window row": stride[0], "kernel row": dilation[0]}
        column = {"column": stride[1] * width, "window column": stride[1], "kernel column": dilation[1]}
        read = index(source[0], row, padding[0]), index(source[1], column, padding[1])
        stacked = () if window is None else ((plain("window row"),), (plain("window column"),))
        return (
            tuple(axes.values()),
            (*self.target.pooled(window).position(plain("row"), plain("column")), *stacked, (out_channel,)),
            ((out_channel,), (plain("kernel row"),), (plain("kernel column"),), (plain("in"),)),
            (*self.source.position(*read), (in_channel,)),
        )


@dataclass(frozen=True)
class ConvolutionStep:
    """out = convolution of `source`; its sums stay pending."""

    name: str
    source: str
    op: Convolution
    shape: tuple[int, int, int]
    out_shape: tuple[int, int, int]

    @cached_property
    def sums(self) -> RowSums:
        """The weights' sums for each output: computed once, used by every plan that is tried."""
        return row_sums(self.op.kernel, self.op.bias)

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Commit the kernel and bias, leave the sums pending."""
        source = values[self.source]
        if isinstance(source, Pending):
            raise InternalError("a pending sum is committed before it is read")
        op, kernel = self.op, self.op.kernel
        column = builder.weight(f"{self.name}.kernel", kernel.shape, self.sums.lo, self.sums.hi)
        bias = None
        if op.bias is not None:
            bias = builder.weight(f"{self.name}.bias", op.bias.shape, int(op.bias.min()), int(op.bias.max()))
        padded = any(op.padding)
        lo, hi = (min(source.lo, 0), max(source.hi, 0)) if padded else (source.lo, source.hi)
        low, high, drop = self.sums.ranges(lo, hi)
        target = source.layout.grid_of(self.out_shape[:2], self.out_shape[2])
        left = Form(kernel.shape, (Term(1, column, (ALONG,) * 4),), 0)
        operator = ConvolutionLowering(op, source.layout, target, left, source.form)
        values[self.name] = Pending(self.name, target, low, high, drop, self.sums.norm, bias, operator)

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """Compute the exact sums."""
        x = tensors[self.source].reshape(self.shape)
        tensors[self.name] = convolution(x, self.op, self.name, self.sums.norm).reshape(-1, self.out_shape[2])

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return the kernel and the bias."""
        named = {f"{self.name}.kernel": self.op.kernel, f"{self.name}.bias": self.op.bias}
        return {name: array for name, array in named.items() if array is not None}
