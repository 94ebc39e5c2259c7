"""How a window slides over an image: the iteration axes of convolutions and pooling, and how tensors read them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Protocol

from zkinfer.graph.operator import Array, Shape
from zkinfer.network.view import View
from zkinfer_verify.statement.relations import Access, Index


class Windowed(Protocol):
    """What slides: the window's extents, steps, and the zeros around the input."""

    @property
    def extents(self) -> Shape:
        """The window's extents."""

    @property
    def stride(self) -> tuple[int, ...]:
        """Steps of the window."""

    @property
    def dilation(self) -> tuple[int, ...]:
        """Steps inside the window."""

    @property
    def before(self) -> tuple[int, ...]:
        """Zeros before the input."""

    @property
    def after(self) -> tuple[int, ...]:
        """Zeros after the input."""

    @property
    def groups(self) -> int:
        """Groups of channels; without a kernel each channel is one."""

    @property
    def kernel(self) -> Array | None:
        """(out, in, window..), or None where channels are not mixed."""


def output_extents(op: Windowed, extents: Shape) -> Shape:
    """Return the extents of the result along the spatial axes."""
    return tuple(
        (extent + before + after - dilation * (size - 1) - 1) // stride + 1
        for extent, before, after, dilation, size, stride in zip(
            extents, op.before, op.after, op.dilation, op.extents, op.stride, strict=True
        )
    )


class Places:
    """The iteration axes, and how the tensors read them: place.., window.., group, channel out, channel in.

        input = place * stride + window * dilation - before,    channel = group * size + (channel in the group)

    The input is read along two axes, positions and channels, also where one has extent 1 and its columns lack it:
    kinds tells which it has.
    """

    def __init__(self, op: Windowed, x: View, out: View) -> None:
        spatial = len(op.extents)
        groups = op.groups if op.kernel is not None else x.shape[1]
        count, size = (1, 1) if op.kernel is None else (len(op.kernel) // groups, op.kernel.shape[1])
        place, window = range(spatial), range(spatial, 2 * spatial)
        group, channel_out, channel_in = range(2 * spatial, 2 * spatial + 3)
        self.extents = (*out.shape[2:], *op.extents, groups, count, size)
        read = tuple(
            Index(x.shape[2 + k], ((place[k], op.stride[k]), (window[k], op.dilation[k])), op.before[k])
            for k in range(spatial)
        )
        outs = Index(groups * count, ((group, count), (channel_out, 1)), 0)
        ins = (Index(groups * size, ((group, size), (channel_in, 1)), 0),)
        written = tuple(Index(out.shape[2 + k], ((place[k], 1),), 0) for k in range(spatial))
        if op.kernel is None:
            # Nobody reads the axes of extent 1 that only a kernel has.
            self.extents = self.extents[:-2]
            outs = Index(groups, ((group, 1),), 0)
            ins = (outs,)
        along_x = ["places" if _is_spatial(x, axis) else "channels" for axis in x.axes]
        missing = [kind for kind in ("places", "channels") if kind not in along_x]
        order = [*along_x, *missing]
        self.kinds = [kind in along_x for kind in order]
        sizes = {"places": prod(x.shape[2:]), "channels": x.shape[1]}
        self.dims = tuple(sizes[kind] for kind in order)
        self.input: Access = tuple(read if kind == "places" else ins for kind in order)
        self.out: Access = tuple(written if _is_spatial(out, axis) else (outs,) for axis in out.axes)
        self.kernel: Access = ((outs,), *((Index(op.extents[k], ((window[k], 1),), 0),) for k in range(spatial)))
        self.kernel = (*self.kernel, (Index(size, ((channel_in, 1),), 0),))


def _is_spatial(view: View, axis: Sequence[int]) -> bool:
    """Whether an axis of an image's form holds its positions; one without atoms does as well."""
    return all(atom not in view.logical[1] for atom in axis)
