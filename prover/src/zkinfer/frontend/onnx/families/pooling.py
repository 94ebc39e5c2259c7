"""MaxPool, AveragePool, GlobalAveragePool, and the sums and means along axes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from zkinfer.frontend.onnx.families.convolution import pads, spatial
from zkinfer.frontend.onnx.families.elementwise import scaled
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Fixed, Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.convolution import Convolution
from zkinfer.network.einsum import Einsum
from zkinfer.network.max_pool import MaxPool
from zkinfer.network.rearrange import Reshape
from zkinfer_verify.statement.limits import MAX_FACTORS

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Window:
    """A sliding window; given: the padding that the model asks for; after: as far as the last window reaches."""

    extents: Shape
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    given: tuple[int, ...]
    after: tuple[int, ...]


def window_of(node: OnnxNode, extents: Shape, sizes: Shape) -> Window:
    """Return a pooling node's window over an image; sizes: of the result, rounded up if the node says so."""
    count = len(extents)
    own = tuple(int(size) for size in node.attributes["kernel_shape"])
    stride, dilation = (spatial(node, name, count) for name in ("strides", "dilations"))
    before, given = pads(node, extents, own, stride, dilation)
    after = tuple(
        max(0, (size - 1) * s + d * (k - 1) + 1 - extent - b)
        for size, s, d, k, extent, b in zip(sizes, stride, dilation, own, extents, before, strict=True)
    )
    return Window(own, stride, dilation, before, given, after)


@family("MaxPool")
def max_pool(node: OnnxNode, t: Translator) -> None:
    """The largest of each window; larger windows than a product has factors are taken axis by axis."""
    if len(node.outputs) > 1 and node.outputs[1]:
        raise Unsupported(node, "it gives the places of the maxima as well", "export it without them")
    x, sizes = narrow(node, t, t.real(node)), t.model.shape(node, node.outputs[0])[2:]
    window = window_of(node, x.shape[2:], sizes)
    if prod(window.extents) <= MAX_FACTORS:
        steps = [tuple(range(len(sizes)))]
    else:
        steps = [(axis,) for axis in range(len(sizes))]
        if max(window.extents) > MAX_FACTORS:
            raise Unsupported(node, f"its window {window.extents} is larger than {MAX_FACTORS}", "pool in two nodes")
    for axes in steps:

        def along(own: tuple[int, ...], none: int, axes: tuple[int, ...] = axes) -> tuple[int, ...]:
            return tuple(value if axis in axes else none for axis, value in enumerate(own))

        op = MaxPool(
            along(window.extents, 1),
            along(window.stride, 1),
            along(window.dilation, 1),
            along(window.before, 0),
            along(window.after, 0),
            x.lo,
        )
        x = t.with_op(node, op, x)
    t.give(node, x)


@family("AveragePool")
def average_pool(node: OnnxNode, t: Translator) -> None:
    """The mean of each window, of the places that count."""
    x, sizes = t.real(node), t.model.shape(node, node.outputs[0])[2:]
    window = window_of(node, x.shape[2:], sizes)
    counts = _counts(window, x.shape[2:], sizes, with_padding=bool(node.attributes.get("count_include_pad", 0)))
    if not counts.min():
        raise Unsupported(node, "a window lies in the padding alone, where there is no mean", "use smaller pads")
    settings = (window.stride, window.dilation, window.before, window.after, 1, window.extents)
    if counts.min() == counts.max():
        scale = x.scale / float(counts.max())

        def operation(fixed: Fixed) -> Convolution:
            return Convolution(*settings, factor=fixed.integer(scale))

        shape = (*x.shape[:2], *sizes)
        t.give(node, Linear(node.name, shape, (np.array(scale),), operation, (x.tensor,)))
        return
    sums = t.with_op(node, Convolution(*settings), x)
    t.give(node, scaled(node, t, sums, 1.0 / counts[np.newaxis, np.newaxis]))


def _counts(window: Window, extents: Shape, sizes: Shape, *, with_padding: bool) -> Array:
    """Return how many places of each window count: those of the image, or of the model's padding too."""
    inside = np.pad(
        np.ones(extents), tuple(zip(window.before, window.given, strict=True)), constant_values=with_padding
    )
    beyond = [
        max(0, before + extent + after - size)
        for before, extent, after, size in zip(window.before, extents, window.after, inside.shape, strict=True)
    ]
    inside = np.pad(inside, [(0, more) for more in beyond])
    spans = [d * (size - 1) + 1 for d, size in zip(window.dilation, window.extents, strict=True)]
    cut = (*(slice(None, None, s) for s in window.stride), *(slice(None, None, d) for d in window.dilation))
    places = sliding_window_view(inside, spans)[cut]
    counts: Array = places.sum(axis=tuple(range(len(extents), 2 * len(extents))))
    return counts[tuple(slice(0, size) for size in sizes)]


@family("GlobalAveragePool")
def global_average_pool(node: OnnxNode, t: Translator) -> None:
    """The mean of each channel."""
    x = t.real(node)
    axes = tuple(range(2, len(x.shape)))
    t.give(node, summed(node, t, x, axes, 1.0 / prod(x.shape[axis] for axis in axes)))


@family("ReduceMean", "ReduceSum")
def reduce(node: OnnxNode, t: Translator) -> None:
    """Means and sums along constant axes."""
    x = t.real(node)
    axes = axes_of(node, t, len(x.shape))
    count = prod(x.shape[axis] for axis in axes)
    t.give(node, summed(node, t, x, axes, 1.0 / count if node.op_type == "ReduceMean" else 1.0))


def axes_of(node: OnnxNode, t: Translator, rank: int) -> tuple[int, ...]:
    """Return the axes that a reduction sums along: an attribute or a constant input; all where there are none."""
    given = t.required(node, 1, "axes").reshape(-1) if node.input(1) else node.attributes.get("axes", ())
    axes = tuple(sorted(int(axis) % rank for axis in given))
    if not axes and not node.attributes.get("noop_with_empty_axes", 0):
        return tuple(range(rank))
    return axes


def summed(node: OnnxNode, t: Translator, x: Real, axes: tuple[int, ...], factor: float) -> Linear:
    """Return factor times the sum along axes, in the shape of the node's output."""
    labels, scale = LETTERS[: len(x.shape)], x.scale * factor
    out = "".join(letter for axis, letter in enumerate(labels) if axis not in axes)
    shape = t.model.shape(node, node.outputs[0])
    kept = tuple(extent for axis, extent in enumerate(x.shape) if axis not in axes)
    after = () if shape == kept else (Reshape(shape),)

    def operation(fixed: Fixed) -> Einsum:
        return Einsum((labels, ""), out, factor=fixed.integer(scale))

    return Linear(node.name, shape, (np.array(scale),), operation, (x.tensor,), after=after)
