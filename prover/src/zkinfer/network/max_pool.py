"""MaxPool: the largest entry of each window, which may overlap; padding never wins.

The maximum is committed with its distance from every candidate. No distance is negative, and the product of all is
zero: so the maximum is one of the candidates and none is larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np

from zkinfer.graph.operator import Shape, show
from zkinfer.network.lowering import Lowering, Operand, Sum, along, shifted
from zkinfer.network.operation import Integers, Operation, Record, Spec
from zkinfer.network.places import Places, output_extents
from zkinfer.network.view import View, image_view
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_FACTORS
from zkinfer_verify.statement.relations import BROADCAST, Contraction, Form, Index, Term, Vanish

LARGEST_COLUMN = 1 << 17
"""Distances of codes of 16 bits, and padding, take one column."""


@dataclass(frozen=True)
class MaxPool(Operation):
    """out[n, c, i..] = max over a.. of x[n, c, i * stride + a * dilation - before ..], where that is in x.

    x: (images, channels, spatial..), no integer under `least`; every window has a place in x. before, after: places
    around x.
    """

    kind: ClassVar[str] = "max_pool"

    extents: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    least: int
    groups: ClassVar[int] = 1
    kernel: ClassVar[None] = None

    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return (images, channels, spatial..) and the input's range.

        Errors: UsageError for windows of more places than a product has factors, and for such as lie in the padding.
        """
        (x,) = inputs
        if not len(x.shape) - 2 == len(self.extents) in (1, 2, 3):
            raise UsageError(f"{where}: its input has shape {show(x.shape)}; one to three spatial axes are supported.")
        if x.lo < self.least:
            raise UsageError(f"{where}: its input ranges from {x.lo}, under {self.least}.")
        if np.prod(self.extents) > MAX_FACTORS:
            raise UsageError(f"{where}: a window of {show(self.extents)} has more than {MAX_FACTORS} places.")
        sizes = output_extents(self, x.shape[2:])
        if min(sizes) < 1 or not all(self._real(x.shape[2:], sizes)):
            raise UsageError(
                f"{where}: a window of {show(self.extents)} lies outside of its input {show(x.shape[2:])}."
            )
        return Spec((*x.shape[:2], *sizes), x.lo, x.hi)

    def _real(self, extents: Shape, sizes: Shape) -> list[bool]:
        """Whether along each axis every window has a place in the input."""
        found = []
        for axis, (extent, size) in enumerate(zip(extents, sizes, strict=True)):
            places = np.arange(size)[:, np.newaxis] * self.stride[axis] - self.before[axis]
            read = places + np.arange(self.extents[axis]) * self.dilation[axis]
            found.append(bool(((read >= 0) & (read < extent)).any(axis=1).all()))
        return found

    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the maxima; they are committed counted from the smallest integer, with all distances."""
        (x,) = inputs
        candidates = self._candidates(x - self.least)
        out = np.max(candidates, axis=0)
        record("maximum", out)
        for k, candidate in enumerate(candidates):
            record(f"distance{k}", out - candidate)
        largest: Integers = out + self.least
        return largest

    def _candidates(self, x: Integers) -> list[Integers]:
        """Return what each place of the window reads, zero outside of the input: x is not negative."""
        sizes = output_extents(self, x.shape[2:])
        padded = np.pad(x, ((0, 0), (0, 0), *zip(self.before, self.after, strict=True)))
        found = []
        for place in product(*map(range, self.extents)):
            cut = tuple(
                slice(a * dilation, a * dilation + (size - 1) * stride + 1, stride)
                for a, dilation, size, stride in zip(place, self.dilation, sizes, self.stride, strict=True)
            )
            found.append(padded[(slice(None), slice(None), *cut)])
        return found

    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand:
        """State out - distance_k = candidate_k for all places at once, stacked over the window."""
        x = lowering.committed(inputs[0])
        x = lowering.laid(x, image_view(x.view.shape), f"{name}.input")
        spec = self.spec([Spec(x.view.shape, x.lo, x.hi)], name)
        view, size = image_view(spec.shape), x.hi - self.least + 1
        out = self._counted(lowering, f"{name}.maximum", view, size, name)
        window = list(product(*map(range, self.extents)))
        distances = [self._counted(lowering, f"{name}.distance{k}", view, size, name) for k in range(len(window))]
        lowering.builder.vanishes.append((name, Vanish(tuple(distances))))
        places = Places(self, x.view, view)
        front = (BROADCAST,) * len(self.extents)
        terms = [Term(t.coefficient, t.column, (*front, *t.axes)) for t in out.terms]
        for place, distance in zip(window, distances, strict=True):
            terms += [Term(-t.coefficient, t.column, (*place, *t.axes)) for t in distance.terms]
        stacked = Form((*self.extents, *view.dims), tuple(terms), 0)
        # Counted from the smallest integer, the zeros around the input are no larger than any candidate.
        right = along(shifted(x.form, -self.least), places.kinds, places.dims)
        across = tuple((Index(size, ((len(self.extents) + k, 1),), 0),) for k, size in enumerate(self.extents))
        relation = Contraction(places.extents, stacked, (*across, *places.out), None, (), right, places.input, 1)
        lowering.contraction(name, relation)
        return Operand(name, view, shifted(out, self.least), x.lo, x.hi)

    def _counted(self, lowering: Lowering, name: str, view: View, size: int, bundle: str) -> Form:
        """Commit a value in 0 .. size - 1: in one column, or by limbs where codes are wider than 16 bits."""
        if size <= LARGEST_COLUMN:
            return lowering.tabled(name, view, size, bundle)
        return lowering.ranged(name, view, 0, size - 1, bundle)
