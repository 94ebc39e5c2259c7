"""Tensors that wait for one scale, once it is known: one after the other, or chosen from entry by entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from zkinfer.frontend.onnx.meaning import COMPARED_BITS, HELD_BITS, WEIGHT_BITS, WIDE_BITS, Chosen, Input, Joined, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.rounding import codes_of
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.join import Join
from zkinfer.network.operation import Operation
from zkinfer.network.rearrange import Reshape
from zkinfer.network.within import Within

if TYPE_CHECKING:
    from zkinfer.frontend.onnx.translator import Translator

FAR = 1 << 20
"""Of the coarsest scale: what stands for a mask may be as far, and leave the tensors what they are."""


def joined(t: Translator, node: OnnxNode, meaning: Joined, scale: float, lo: int, hi: int) -> Real:
    """Quantise every part, so that each is rounded once, and put them together; lo, hi: what they saturate at."""
    parts = [
        codes_of(node, part, scale, lo, hi)
        if isinstance(part, np.ndarray)
        else t.quantised(node, part, scale, lo, hi).tensor
        for part in meaning.parts
    ]
    tensor = _chosen(t, meaning, parts) if isinstance(meaning, Chosen) else _line(t, meaning, parts)
    for op in meaning.after:
        tensor = t.add(meaning.name, op, [tensor])
    return t.as_real(tensor, scale)


def held_together(t: Translator, node: OnnxNode, meaning: Joined) -> Real:
    """Put tensors on the scale that they have in common, or on a fine one; far constants take 16 bits."""
    parts = [part if isinstance(part, Real | np.ndarray) else t.held(node, part) for part in meaning.parts]
    reals = [part for part in parts if isinstance(part, Real)]
    constants = np.concatenate([np.zeros(1), *(part.ravel() for part in parts if isinstance(part, np.ndarray))])
    peak = float(np.abs(constants[np.isfinite(constants)]).max(initial=0))
    scale, limit = max((real.scale for real in reals), default=1.0), 1 << WEIGHT_BITS
    exact = bool(np.all(np.rint(constants / scale) * scale == constants))
    rounded = bool(reals) and meaning.moves and not (exact or isinstance(meaning, Chosen))
    fine = bool(reals) and peak <= FAR * scale
    reach = max([peak, *(real.scale * max(-real.lo, real.hi) for real in reals)])
    bits = WIDE_BITS if meaning.moves else COMPARED_BITS
    far = not meaning.moves and scale != 1 and reach >= scale * 2.0**COMPARED_BITS
    if np.isinf(constants).any() or not (fine or exact or rounded):
        limit = (1 << HELD_BITS - 1) - 1
        scale = max(peak / limit, *(real.scale for real in reals), 0.0)
    elif far or rounded or len({real.scale for real in reals}) > 1:
        # Nobody knows whether the coarsest scale is fine enough for the others.
        limit = (1 << bits - 1) - 1
        finest = min(real.scale for real in reals)
        multiples = np.concatenate([constants, [real.scale for real in reals]]) / finest
        scale = finest if np.array_equal(multiples, np.rint(multiples)) else 0.0
        scale = max(scale, reach / limit)
        reals = [Real(real.tensor, real.shape, -limit, limit, scale) for real in reals]
    codes = codes_of(node, constants, scale, -limit, limit)
    lo = min(int(codes.min()), *(real.lo for real in reals), 0)
    hi = max(int(codes.max()), *(real.hi for real in reals), 0)
    return joined(t, node, replace(meaning, parts=tuple(parts)), scale, lo, hi)


def compared_later(node: OnnxNode, t: Translator, op: Operation, shape: Shape) -> Joined | None:
    """Return the largest or smallest entries of what waits for a scale, None of what does not: rounding keeps order."""
    meaning = t.meaning(node)
    if isinstance(meaning, Real | Input):
        return None
    return Joined(node.name, shape, 0, (meaning,), (op,))


def _line(t: Translator, meaning: Joined, parts: list[str | Array]) -> str:
    """Put the parts one after the other; an operation takes one constant among its tensors."""
    line: list[str] = []
    constant: tuple[Array, int] | None = None

    def joint() -> str:
        if constant is None and len(line) == 1:
            return line[0]
        return t.add(meaning.name, Join(meaning.axis, *(constant or ())), line)

    for part in parts:
        if isinstance(part, str):
            line.append(part)
            continue
        if constant is not None:
            line, constant = [joint()], None
        constant = part, len(line)
    return joint()


def _chosen(t: Translator, meaning: Chosen, parts: list[str | Array]) -> str:
    """Choose the first part's entry where the condition is 1, the second's where it is 0; exactly, in integers."""
    rank = len(meaning.shape)
    a, b = (_ranked(t, meaning, part, rank) for part in parts)
    condition = meaning.condition
    own = condition.tensor if isinstance(condition, Real) else condition.astype(np.int8)
    where = _ranked(t, meaning, own, rank)
    choose = _by_constant if isinstance(where, np.ndarray) else _hidden
    tensor = choose(t, meaning, where, a, b)  # type: ignore[arg-type]  # each takes its kind of condition
    bounds = [(t.specs[x].lo, t.specs[x].hi) if isinstance(x, str) else (int(x.min()), int(x.max())) for x in (a, b)]
    lo, hi = min(lo for lo, _ in bounds), max(hi for _, hi in bounds)
    spec = t.specs[tensor]
    # Interval arithmetic does not see that one of the two is multiplied by zero.
    lo, hi = max(lo, spec.lo), min(hi, spec.hi)
    return tensor if (lo, hi) == (spec.lo, spec.hi) else t.add(meaning.name, Within(lo, hi), [tensor])


def _by_constant(t: Translator, meaning: Chosen, where: Array, a: str | Array, b: str | Array) -> str:
    """Return where * a + (1 - where) * b for a constant condition; one of the two is a tensor."""
    extents = [x.shape for x in (where, a, b) if isinstance(x, np.ndarray)]
    where = np.broadcast_to(where, np.broadcast_shapes(*extents))
    bias: Array | None = None
    sums: list[tuple[str, Array]] = []
    for x, kept in ((a, where), (b, 1 - where)):
        if isinstance(x, np.ndarray):
            bias = kept.astype(np.int64) * x
        else:
            sums.append((x, kept))
    products = [_weighted(t, meaning, x, kept, bias if len(sums) == 1 else None) for x, kept in sums]
    return products[0] if len(products) == 1 else t.add(meaning.name, Combine((1, 1)), products)


def _hidden(t: Translator, meaning: Chosen, where: str, a: str | Array, b: str | Array) -> str:
    """Return b + where * (a - b) for a condition of hidden 0 and 1; numbers are added without a product."""

    def add(*terms: tuple[int, str], bias: Array | None = None) -> str:
        return t.add(meaning.name, Combine(tuple(factor for factor, _ in terms), bias), [x for _, x in terms])

    def product(x: str, factor: int = 1) -> str:
        labels, out = stretched(t.specs[x].shape, t.specs[where].shape)
        return t.add(meaning.name, Einsum(labels, out, factor=factor), [x, where])

    if isinstance(a, str) and isinstance(b, str):
        return add((1, product(add((1, a), (-1, b)))), (1, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return _weighted(t, meaning, where, a.astype(np.int64) - b, b)
    if isinstance(a, str):
        assert isinstance(b, np.ndarray)
        if not b.any():
            return product(a)
        if b.size == 1:
            return add((1, product(a)), (-int(b.reshape(-1)[0]), where), bias=b)
        return add((1, product(a)), (1, _weighted(t, meaning, where, -b, b)))
    assert isinstance(b, str) and isinstance(a, np.ndarray)
    rest = (1, product(b, -1)), (1, b)
    if not a.any():
        return add(*rest)
    if a.size == 1:
        return add(*rest, (int(a.reshape(-1)[0]), where))
    return add(*rest, (1, _weighted(t, meaning, where, a, None)))


def _weighted(t: Translator, meaning: Chosen, x: str, weights: Array, bias: Array | None) -> str:
    """Return weights * x + bias, stretched."""
    if weights.size == 1:
        return t.add(meaning.name, Combine((int(weights.reshape(-1)[0]),), bias), [x])
    labels, out = stretched(t.specs[x].shape, weights.shape)
    kept = [axis for axis, extent in enumerate(weights.shape) if extent > 1]
    names = "".join(labels[1][axis] for axis in kept)
    laid = weights.reshape([weights.shape[axis] for axis in kept])
    return t.add(meaning.name, Einsum((labels[0], names), out, laid, bias), [x])


def _ranked(t: Translator, meaning: Chosen, x: str | Array, rank: int) -> str | Array:
    """Return a tensor with axes of extent 1 in front, so that it has `rank` axes."""
    shape: Shape = t.specs[x].shape if isinstance(x, str) else x.shape
    if len(shape) == rank:
        return x
    own = cast("Shape", (*(1,) * (rank - len(shape)), *shape))
    return x.reshape(own) if isinstance(x, np.ndarray) else t.add(meaning.name, Reshape(own), [x])
