"""Convolution over one to three spatial axes: stride, padding, dilation and groups in the accesses of a contraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from zkinfer.execute.bounds import peak
from zkinfer.graph.operator import Array, Shape, show
from zkinfer.network.bias import bias_terms
from zkinfer.network.exact import working_type
from zkinfer.network.lowering import Lowering, Operand, Sum, along
from zkinfer.network.operation import Integers, Operation, Record, Spec, interval
from zkinfer.network.places import Places, output_extents
from zkinfer.network.view import image_view
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.relations import ALONG, Access, Contraction, Form, Term

MAX_SPATIAL = 3


@dataclass(frozen=True, eq=False)
class Convolution(Operation):
    """Each output channel is the sum of a window of its group's channels times its kernel.

        out[n, o, i..] = bias[o] + sum_{c, a..} x[n, group(o) C + c, stride i + dilation a - before] kernel[o, c, a..]

    x: (images, groups * C, spatial..); kernel: (out, C, spatial..); bias: (out,); before, after: zeros around x.
    kernel None: every channel's window is summed by itself and multiplied by `factor` (`window`: its extents).
    """

    kind: ClassVar[str] = "convolution"

    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    groups: int = 1
    window: tuple[int, ...] = ()
    kernel: Array | None = None
    bias: Array | None = None
    factor: int = 1

    @property
    def extents(self) -> Shape:
        """The window's extents."""
        return self.window if self.kernel is None else self.kernel.shape[2:]

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return (images, out, spatial..) and the range that the kernel's positive and negative parts give."""
        (x,) = inputs
        self._check(x.shape, where)
        sizes = output_extents(self, x.shape[2:])
        if min(sizes) < 1:
            raise UsageError(f"{where}: a window of {show(self.extents)} does not fit in {show(x.shape[2:])}.")
        lo, hi = (min(x.lo, 0), max(x.hi, 0)) if any((*self.before, *self.after)) else (x.lo, x.hi)
        if self.kernel is None:
            count = prod(self.window) * self.factor
            return Spec((*x.shape[:2], *sizes), *interval((count * lo, count * hi)))
        # Exact integers: a network whose sums leave 64 bits is refused by what they could reach.
        plus, minus = (sums.astype(object) for sums in self._sums)
        bias = np.zeros(len(plus), dtype=object) if self.bias is None else self.bias.astype(object)
        lows, highs = plus * lo - minus * hi + bias, plus * hi - minus * lo + bias
        return Spec((x.shape[0], len(self.kernel), *sizes), int(lows.min()), int(highs.max()))

    def _check(self, shape: Shape, where: str) -> None:
        spatial = len(shape) - 2
        if not 1 <= spatial <= MAX_SPATIAL:
            raise UsageError(f"{where}: its input has shape {show(shape)}; one to three spatial axes are supported.")
        if not len(self.extents) == len(self.stride) == len(self.dilation) == len(self.before) == spatial:
            raise UsageError(f"{where}: its window has {len(self.extents)} axes, the input {spatial}.")
        if self.kernel is not None and self.kernel.shape[1] * self.groups != shape[1]:
            raise UsageError(
                f"{where}: its kernel takes {self.kernel.shape[1] * self.groups} channels, {shape[1]} arrive."
            )
        if self.kernel is not None and len(self.kernel) % self.groups:
            raise UsageError(f"{where}: {len(self.kernel)} channels cannot be split into {self.groups} groups.")

    @cached_property
    def _sums(self) -> tuple[Array, Array]:
        """Return for each output channel the sum of its positive weights and of the negative ones' magnitudes."""
        assert self.kernel is not None
        rows = self.kernel.reshape(len(self.kernel), -1).astype(np.int64)
        return np.maximum(rows, 0).sum(axis=1), np.maximum(-rows, 0).sum(axis=1)

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the exact sums, image by image."""
        (x,) = inputs
        terms = prod(self.extents) if self.kernel is None else prod(self.kernel.shape[1:])
        kind = working_type(terms * peak(x) * (1 if self.kernel is None else peak(self.kernel)))
        return np.stack([self._image(image.astype(kind)) for image in x])

    def _image(self, x: Array) -> Integers:
        """Compute the sums of one image, (out, spatial..)."""
        channels = len(x) if self.kernel is None else len(self.kernel)
        padded = np.pad(x, ((0, 0), *zip(self.before, self.after, strict=True)))
        spans = [d * (size - 1) + 1 for d, size in zip(self.dilation, self.extents, strict=True)]
        spatial = tuple(range(1, padded.ndim))
        windows = sliding_window_view(padded, spans, axis=spatial)
        cut = (*(slice(None, None, s) for s in self.stride), *(slice(None, None, d) for d in self.dilation))
        windows = windows[(slice(None), *cut)]
        out = np.empty((channels, *windows.shape[1 : padded.ndim]), dtype=np.int64)
        if self.kernel is None:
            out[:] = windows.sum(axis=tuple(range(padded.ndim, windows.ndim)))
            out *= self.factor
        elif self.groups == len(padded) == channels:
            # One channel a group: a sum over the window's few places, each a product of whole images.
            total = np.zeros(out.shape, dtype=padded.dtype)
            for place in np.ndindex(*self.extents):
                weights = self.kernel[(slice(None), 0, *place)].astype(padded.dtype)
                total += windows[(..., *place)] * weights.reshape(-1, *(1 for _ in spatial))
            out[:] = total
        else:
            self._grouped(windows, out)
        if self.bias is not None:
            out += self.bias.astype(np.int64).reshape(-1, *(1 for _ in spatial))
        return out

    def _grouped(self, windows: Array, out: Integers) -> None:
        """Multiply each group's windows by its kernels, a block of places at a time."""
        assert self.kernel is not None
        size, count = self.kernel.shape[1], len(self.kernel) // self.groups
        places = out.shape[1:]
        terms = prod(self.kernel.shape[1:])
        rows = max(1, (1 << 22) // (terms * prod(places[1:])))
        for group in range(self.groups):
            mine = windows[group * size : (group + 1) * size]
            own = slice(group * count, (group + 1) * count)
            matrix = self.kernel[own].reshape(count, terms).astype(mine.dtype)
            for first in range(0, places[0], rows):
                block = mine[:, first : first + rows]
                inner = block.ndim - len(places) - 1
                order = (0, *range(block.ndim - inner, block.ndim), *range(1, block.ndim - inner))
                columns = block.transpose(order).reshape(terms, -1)
                out[own, first : first + rows] = (matrix @ columns).reshape(count, -1, *places[1:])

    def constants(self) -> Mapping[str, Array]:
        """Kernel and bias."""
        named = {"kernel": self.kernel, "bias": self.bias}
        return {name: array for name, array in named.items() if array is not None}

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Sum:
        """Leave the sums pending; positions lie in one axis and channels in another."""
        x = lowering.committed(inputs[0])
        x = lowering.laid(x, image_view(x.view.shape), f"{name}.input")
        out = self.spec([Spec(x.view.shape, x.lo, x.hi)], name)
        view = image_view(out.shape)
        bias = None if self.bias is None else self.bias.reshape(1, -1, *(1 for _ in out.shape[2:]))
        terms = bias_terms(lowering, f"{name}.bias", bias, view)
        places = Places(self, x.view, view)
        left, norm = None, 1
        left_access: Access = ()
        if self.kernel is not None:
            # (out, window.., in): the channels that are read lie side by side, as in the input.
            kernel = np.moveaxis(self.kernel, 1, -1)
            column = lowering.weight(f"{name}.kernel", lambda: kernel)
            left = Form(kernel.shape, (Term(1, column, (ALONG,) * kernel.ndim),), 0)
            left_access = places.kernel
            plus, minus = self._sums
            norm = int((plus + minus).max())
        right = along(x.form if self.kernel is not None else scaled(x.form, self.factor), places.kinds, places.dims)
        empty = Form(view.dims, (), 0)
        relation = Contraction(places.extents, empty, places.out, left, left_access, right, places.input, norm)
        return Sum(name, view, out.lo, out.hi, relation, terms)
