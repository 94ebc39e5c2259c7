"""Max-pooling and ReLU, apart or fused: the value is committed with its distance from every candidate.

out - a_i = d_i >= 0 for each candidate a_i of the window, out >= 0 for ReLU, and the product of all d_i (and out) is
zero: so out is one of the candidates (or zero) and none is larger.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.builder import Builder
from zkinfer.program.linear import close_pending
from zkinfer.program.program import Integers
from zkinfer.program.values import Pending, Value, scaled
from zkinfer_verify.errors import InternalError, UsageError
from zkinfer_verify.statement.limits import MAX_FACTORS
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Affine, Contraction, Form, Index, Term, Vanish


@dataclass(frozen=True)
class ActivationStep:
    """out = the maximum over each window of `source`, and zero where relu is set.

    window None: ReLU alone; grid: the positions of `source`, None for a flat tensor.
    """

    name: str
    source: str
    grid: tuple[int, int] | None
    window: tuple[int, int] | None
    relu: bool

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Commit the maximum and its distances, and relate them."""
        source = values[self.source]
        if self._candidates() + self.relu > MAX_FACTORS:
            raise UsageError(
                f"Layer {self.name} pools {self._candidates()} entries at once, at most {MAX_FACTORS - 1} can be "
                "proved; pool in two layers."
            )
        layout = source.layout.pooled(self.window)
        lo, hi = (0, max(source.hi, 0)) if self.relu else (source.lo, source.hi)
        if self.window is None:
            reach = max(-source.lo, 0)
        else:
            reach = source.drop if isinstance(source, Pending) else hi - source.lo
        out = builder.ranged(self.name, layout.dims, lo, hi, self.name)
        distances = [
            builder.ranged(_distance_name(self.name, k), layout.dims, 0, reach, self.name)
            for k in range(self._candidates())
        ]
        builder.vanishes.append((self.name, Vanish((*distances, *((out,) if self.relu else ())))))
        self._relate(builder, source, out, distances)
        values[self.name] = Value(self.name, layout, out, lo, hi)

    def _relate(self, builder: Builder, source: Value | Pending, out: Form, distances: list[Form]) -> None:
        """State out - d_i = a_i, stacked over the window."""
        terms, constant = self._stacked(out, distances)
        if isinstance(source, Pending):
            close_pending(builder, source, terms, constant, self.window)
        elif self.window is None:
            form = Form(source.form.dims, (*terms, *scaled(source.form, -1).terms), constant - source.form.constant)
            builder.affines.append((self.name, Affine(form)))
        else:
            builder.contractions.append((self.name, _movement(source, self.window, terms, constant)))

    def _candidates(self) -> int:
        return 1 if self.window is None else self.window[0] * self.window[1]

    def _stacked(self, out: Form, distances: list[Form]) -> tuple[tuple[Term, ...], int]:
        """Return the terms of out - d_(a,b) over (position, a, b, channel); without a window over out's own axes."""
        if self.window is None:
            (distance,) = distances
            return (*out.terms, *scaled(distance, -1).terms), out.constant - distance.constant
        leading = (ALONG,) * (len(out.dims) - 1)
        terms = [Term(t.coefficient, t.column, (*leading, BROADCAST, BROADCAST, ALONG)) for t in out.terms]
        for (a, b), distance in zip(product(*map(range, self.window)), distances, strict=True):
            terms += [Term(-t.coefficient, t.column, (*leading, a, b, ALONG)) for t in distance.terms]
        return tuple(terms), out.constant

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """Compute the maximum and the distances from each candidate; positions stay (positions, channels)."""
        candidates = _candidates(tensors[self.source], self.grid, self.window)
        out = candidates.max(axis=0)
        if self.relu:
            out = np.maximum(out, 0)
        committed[self.name] = tensors[self.name] = out
        for k, candidate in enumerate(candidates):
            committed[_distance_name(self.name, k)] = out - candidate

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return none."""
        return {}


def _distance_name(name: str, k: int) -> str:
    return f"{name}.distance{k}"


def _candidates(tensor: Integers, grid: tuple[int, int] | None, window: tuple[int, int] | None) -> Integers:
    """Return the entries of each window, candidate first: (candidates, positions, channels)."""
    if window is None or grid is None:
        return tensor[np.newaxis]
    (height, width), (rows, cols) = window, grid
    cut = tensor.reshape(rows // height, height, cols // width, width, -1).transpose(1, 3, 0, 2, 4)
    return cut.reshape(height * width, -1, tensor.shape[-1])


def _movement(source: Value, window: tuple[int, int], terms: tuple[Term, ...], constant: int) -> Contraction:
    """State that the stacked form is a committed tensor, read at window * position + offset."""
    layout, pooled = source.layout, source.layout.pooled(window)
    if layout.grid is None or pooled.grid is None:
        raise InternalError("a flat tensor cannot be pooled")
    (rows, cols), (height, width) = layout.grid, window
    images = (layout.images,) if layout.images > 1 else ()
    extents = (*images, *pooled.grid, height, width, layout.channels)
    plain = [Index(extent, ((axis, 1),), 0) for axis, extent in enumerate(extents)]
    row, col, down, right, channel = range(len(images), len(extents))
    *leading, channels = pooled.dims
    out = Form((*leading, height, width, channels), terms, constant)
    out_access = (
        *pooled.position(plain[row], plain[col]),
        (plain[down],),
        (plain[right],),
        (plain[channel],),
    )
    at_row, at_col = Index(rows, ((row, height), (down, 1)), 0), Index(cols, ((col, width), (right, 1)), 0)
    access = (*layout.position(at_row, at_col), (plain[channel],))
    return Contraction(extents, out, out_access, None, (), source.form, access, 1)
