"""Conv and ConvTranspose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Fixed, Joined, Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.convolution import Convolution
from zkinfer.network.operation import Operation
from zkinfer.network.piece import Piece
from zkinfer.network.rearrange import Reshape, Transpose


@family("Conv")
def conv(node: OnnxNode, t: Translator) -> None:
    """Cross-correlation with constant kernels."""
    x, kernel, bias = t.real(node), t.required(node, 1, "weights"), t.constant(node, 2)
    stride, dilation = (spatial(node, name, kernel.ndim - 2) for name in ("strides", "dilations"))
    before, after = pads(node, x.shape[2:], kernel.shape[2:], stride, dilation)
    settings = (stride, dilation, before, after, int(node.attributes.get("group", 1)))
    t.give(node, convolved(node, t, x, kernel, bias, settings))


Settings = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...], int]
"""Stride, dilation, zeros before and after, groups."""


def convolved(node: OnnxNode, t: Translator, x: Real, kernel: Array, bias: Array | None, settings: Settings) -> Linear:
    """Return the sums of a convolution with real kernels."""

    def operation(fixed: Fixed) -> Operation:
        own = fixed.integers(kernel.astype(np.float64) * x.scale)
        return Convolution(*settings, (), own, None if bias is None else fixed.integers(bias))

    spec = operation(Fixed(1.0, 0)).spec([t.specs[x.tensor]], node.where)
    weights = (kernel.astype(np.float64) * x.scale,)
    offsets = () if bias is None else (bias,)
    return Linear(node.name, spec.shape, weights, operation, (x.tensor,), offsets)


@family("ConvTranspose")
def conv_transpose(node: OnnxNode, t: Translator) -> None:
    """The transpose of a convolution: for each phase of the stride a small convolution, and their results interleaved.

        out[stride i + dilation a - before] += x[i] kernel[a]

    Output stride j + r takes, with u = r + before, the entries a = u (mod stride) at x[j + (u - a) / stride].
    """
    x, kernel, bias = t.real(node), t.required(node, 1, "weights"), t.constant(node, 2)
    axes, groups = range(kernel.ndim - 2), int(node.attributes.get("group", 1))
    stride, dilation = (spatial(node, name, len(axes)) for name in ("strides", "dilations"))
    sizes = t.model.shape(node, node.outputs[0])[2:]
    _require_clear(node, sizes, x.shape[2:])
    before = _cut_before(node, x.shape[2:], kernel.shape[2:], stride, dilation, sizes)
    # (groups, in, out, places..), then for each spatial axis its phases and the places that they read.
    array = kernel.astype(np.float64).reshape(groups, -1, *kernel.shape[1:])
    pads_before, pads_after, rows = list[int](), list[int](), list[int]()
    for axis in axes:
        matrix, first = _phases(kernel.shape[2 + axis], stride[axis], dilation[axis], before[axis])
        array = np.tensordot(array, matrix, axes=(3, 0))  # the next spatial axis comes to stand there
        # Whole strides, which reach over what is cut off behind.
        extent, reach = x.shape[2 + axis], matrix.shape[2] - 1 + first
        rows.append(max(-(-sizes[axis] // stride[axis]), extent - reach))
        pads_before.append(-first)
        pads_after.append(rows[-1] + reach - extent)
    # (groups, in, out, phases, window, ..) -> (groups, out, phases.., in, window..)
    phases, windows = [3 + 2 * axis for axis in axes], [4 + 2 * axis for axis in axes]
    array = array.transpose(0, 2, *phases, 1, *windows)
    outs = kernel.shape[1] * groups
    steps = array.shape[2 : 2 + len(axes)]
    kernels = array.reshape(outs * prod(steps), array.shape[2 + len(axes)], *array.shape[3 + len(axes) :])
    biases = None if bias is None else np.repeat(bias.astype(np.float64), prod(steps))
    ones = (1,) * len(axes)
    linear = convolved(node, t, x, kernels, biases, (ones, ones, tuple(pads_before), tuple(pads_after), groups))
    order = [0, 1, *(k for axis in axes for k in (2 + len(axes) + axis, 2 + axis))]
    whole = (x.shape[0], outs, *(row * step for row, step in zip(rows, steps, strict=True)))
    after = (Reshape((*whole[:2], *steps, *rows)), Transpose(tuple(order)), Reshape(whole))
    linear = replace(linear, shape=whole, after=after)
    shape = (*whole[:2], *sizes)
    if shape == whole:
        t.give(node, linear)
        return
    # What a stride has too many is cut off when the sums are codes, which are smaller.
    cut = Piece((0,) * len(shape), (1,) * len(shape), shape)
    t.give(node, Joined(node.name, shape, 0, (linear,), (cut,)))


def _require_clear(node: OnnxNode, sizes: Shape, extents: Shape) -> None:
    """Refuse settings that runtimes and onnx's shape inference read in different ways."""
    if len(sizes) != len(extents):  # an inferred shape that breaks off
        raise Unsupported(node, "its output_shape is smaller than its input", "give pads, or cut by a Slice node")
    same = node.attributes.get("auto_pad", "").startswith("SAME") and "output_shape" not in node.attributes
    if same and any(node.attributes.get("output_padding", ())):
        raise Unsupported(node, "it has output_padding beside auto_pad", "give pads in place of auto_pad")


def _cut_before(
    node: OnnxNode, extents: Shape, window: Shape, stride: Sequence[int], dilation: Sequence[int], sizes: Shape
) -> list[int]:
    """Return how many entries are cut off in front of each axis of the output."""
    given, mode = node.attributes.get("pads"), node.attributes.get("auto_pad", "NOTSET")
    if mode in ("NOTSET", "") and "output_shape" not in node.attributes:
        return [int(given[axis]) if given else 0 for axis in range(len(extents))]
    extra = spatial(node, "output_padding", len(extents), 0)
    full = [
        s * (n - 1) + d * (k - 1) + 1 + e
        for s, n, d, k, e in zip(stride, extents, dilation, window, extra, strict=True)
    ]
    totals = [max(0, whole - size) for whole, size in zip(full, sizes, strict=True)]
    return [total // 2 if mode == "SAME_UPPER" else total - total // 2 for total in totals]


def _phases(size: int, stride: int, dilation: int, before: int) -> tuple[Array, int]:
    """Return which entry of a kernel each phase reads where, (size, phases, window) of zeros and ones.

    And the first place of the window, counted from the output's row: place j + first + w reads entry a in phase r where
    r + before = dilation a + stride (first + w).
    """
    reach = dilation * (size - 1)
    first = min(0, (before - reach) // stride)
    last = (stride - 1 + before) // stride
    matrix = np.zeros((size, stride, last - first + 1))
    for entry in range(size):
        for phase in range(stride):
            steps, rest = divmod(phase + before - dilation * entry, stride)
            if rest == 0:
                matrix[entry, phase, steps - first] = 1
    return matrix, first


def spatial(node: OnnxNode, name: str, count: int, default: int = 1) -> tuple[int, ...]:
    """Return an attribute with a number for each spatial axis."""
    return tuple(int(value) for value in node.attributes.get(name, (default,) * count))


def pads(
    node: OnnxNode, extents: Shape, window: Shape, stride: Sequence[int], dilation: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how much is added before and after each spatial axis, by `pads` or `auto_pad`."""
    mode, count = node.attributes.get("auto_pad", "NOTSET"), len(extents)
    if mode in ("NOTSET", ""):
        given = [int(value) for value in node.attributes.get("pads", (0,) * (2 * count))]
        return tuple(given[:count]), tuple(given[count:])
    if mode == "VALID":
        return (0,) * count, (0,) * count
    missing = [
        (-(-extent // s) - 1) * s + d * (size - 1) + 1 - extent
        for extent, size, s, d in zip(extents, window, stride, dilation, strict=True)
    ]
    if min(missing) < -1:  # of -1, the last place is skipped by all
        raise Unsupported(
            node, f"where its windows begin by auto_pad {mode}, runtimes differ", "give pads in its place"
        )
    totals = [max(0, total) for total in missing]
    less = [total // 2 for total in totals]
    more = [total - half for total, half in zip(totals, less, strict=True)]
    return (tuple(less), tuple(more)) if mode == "SAME_UPPER" else (tuple(more), tuple(less))
