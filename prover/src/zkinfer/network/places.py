"""How a window slides over an image: the iteration axes of convolutions and pooling, and how tensors read them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Protocol

from zkinfer.graph.operator import Array, Shape
from zkinfer.network.view import View, image_groups
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
    """The iteration axes, and how the tensors read them: place.., window.., group, channel out, channel in, image.

        input = place * stride + window * dilation - before,    channel = group * size + (channel in the group)

    An axis of the input's form merges a group of its axes (`image_groups`). A group is read also where it has extent 1
    and the columns lack it: kinds tells which are there. Several images have an axis that nothing slides along.
    """

    def __init__(self, op: Windowed, x: View, out: View) -> None:
        spatial = len(op.extents)
        groups = op.groups if op.kernel is not None else x.shape[1]
        count, size = (1, 1) if op.kernel is None else (len(op.kernel) // groups, op.kernel.shape[1])
        place, window = range(spatial), range(spatial, 2 * spatial)
        group, channel_out, channel_in = range(2 * spatial, 2 * spatial + 3)
        self.extents = (*out.shape[2:], *op.extents, groups, count, size)
        read = {
            2 + k: Index(x.shape[2 + k], ((place[k], op.stride[k]), (window[k], op.dilation[k])), op.before[k])
            for k in range(spatial)
        }
        outs = Index(groups * count, ((group, count), (channel_out, 1)), 0)
        ins = Index(groups * size, ((group, size), (channel_in, 1)), 0)
        written = {2 + k: Index(out.shape[2 + k], ((place[k], 1),), 0) for k in range(spatial)}
        if op.kernel is None:
            # Nobody reads the axes of extent 1 that only a kernel has.
            self.extents = self.extents[:-2]
            ins = outs = Index(groups, ((group, 1),), 0)
        read[1], written[1] = ins, outs
        if x.shape[0] > 1:
            read[0] = written[0] = Index(x.shape[0], ((len(self.extents), 1),), 0)
            self.extents = (*self.extents, x.shape[0])
        merged = [axes for axes in image_groups(2 + spatial) if axes[0] in read]
        present = [_group_of(x, axis, merged) for axis in x.axes]
        order = [*present, *(axes for axes in merged if axes not in present)]
        self.kinds = [axes in present for axes in order]
        self.dims = tuple(prod(x.shape[axis] for axis in axes) for axes in order)
        self.input: Access = tuple(tuple(read[axis] for axis in axes) for axes in order)
        self.out: Access = tuple(
            tuple(written[axis] for axis in _group_of(out, form_axis, merged)) for form_axis in out.axes
        )
        self.kernel: Access = ((outs,), *((Index(op.extents[k], ((window[k], 1),), 0),) for k in range(spatial)))
        self.kernel = (*self.kernel, (Index(size, ((channel_in, 1),), 0),))


def _group_of(view: View, form_axis: Sequence[int], groups: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the axes that an axis of an image's form merges; one without atoms holds the last of its places."""
    for axes in groups:
        if any(atom in view.logical[axis] for axis in axes for atom in form_axis):
            return axes
    return next(axes for axes in reversed(groups) if axes[0] > 1)
