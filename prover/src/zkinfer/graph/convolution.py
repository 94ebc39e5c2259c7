"""Convolution: cross-correlation over height and width, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Array, Operator, Shape, check_numbers, check_rank, same_array, show
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True, eq=False)
class Convolution(Operator):
    """Each output channel is the sum of a window times its kernel.

        out[i, j, o] = bias[o] + sum_{a, b, c} x[i*stride_h + a*dilation_h - top, j*stride_w + b*dilation_w - left,
                                                 group(o)*C + c] * kernel[o, a, b, c]

    Shapes: x (H, W, groups*C), kernel (out, kh, kw, C), bias (out,); entries of x outside its range are zero.
    Output channels are split evenly among the groups, in order: group(o) = o // (out / groups).
    """

    layer_type: ClassVar[str] = "convolution"
    short_name: ClassVar[str] = "conv"

    kernel: Array
    bias: Array | None = None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)  # top, left, bottom, right
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    def output_shape(self, shape: Shape, where: str) -> Shape:
        """(H', W', out), where H' = (H + top + bottom - dilation_h*(kh - 1) - 1) // stride_h + 1, and W' likewise."""
        check_rank(shape, 3, "height, width and channels", where)
        self._check_settings(where)
        out, kh, kw, channels = self.kernel.shape
        if shape[2] != channels * self.groups:
            raise UsageError(
                f"{where}: the input has {shape[2]} channels, but the kernel {show(self.kernel.shape)} in "
                f"{self.groups} group(s) takes {channels * self.groups}; "
                "the kernel's axes are (out, height, width, in / groups)."
            )
        top, left, bottom, right = self.padding
        height = (shape[0] + top + bottom - self.dilation[0] * (kh - 1) - 1) // self.stride[0] + 1
        width = (shape[1] + left + right - self.dilation[1] * (kw - 1) - 1) // self.stride[1] + 1
        if height < 1 or width < 1:
            raise UsageError(
                f"{where}: a {kh}x{kw} kernel does not fit in a padded input of {shape[0] + top + bottom}x"
                f"{shape[1] + left + right}; use a smaller kernel or dilation, or more padding."
            )
        return (height, width, out)

    def _check_settings(self, where: str) -> None:
        check_numbers(self.kernel, "kernel", 4, where)
        out = self.kernel.shape[0]
        if min(*self.stride, *self.dilation, self.groups) < 1 or min(self.padding) < 0:
            raise UsageError(
                f"{where}: stride {self.stride}, dilation {self.dilation} and groups {self.groups} must be at least 1 "
                f"and padding {self.padding} at least 0."
            )
        if out % self.groups != 0:
            raise UsageError(f"{where}: {out} output channels cannot be split into {self.groups} equal groups.")
        if self.bias is not None:
            check_numbers(self.bias, "bias", 1, where)
            if self.bias.shape != (out,):
                raise UsageError(f"{where}: {out} output channels need {out} biases, got {show(self.bias.shape)}.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Convolution):
            return NotImplemented
        settings = (self.stride, self.padding, self.dilation, self.groups)
        return (
            settings == (other.stride, other.padding, other.dilation, other.groups)
            and same_array(self.kernel, other.kernel)
            and same_array(self.bias, other.bias)
        )

    __hash__ = None  # type: ignore[assignment]  # equal by value, and arrays can change
