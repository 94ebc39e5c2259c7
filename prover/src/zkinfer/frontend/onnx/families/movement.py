"""Concat, Split, Slice, Pad, Gather, Expand, Tile, DepthToSpace, SpaceToDepth: entries in other places."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.selection import piece, require_matrix, taken
from zkinfer.frontend.onnx.meaning import Input, Joined, Linear, Mapped, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.embedding import Embedding
from zkinfer.network.pad import Pad
from zkinfer.network.rearrange import Reshape, Transpose
from zkinfer.network.repeat import Repeat


@family("Concat")
def concat(node: OnnxNode, t: Translator) -> None:
    """Tensors one after the other, constants among them; each is rounded to the result's scale."""
    shape = t.model.shape(node, node.outputs[0])
    axis, parts = int(node.attributes["axis"]) % len(shape), list[Real | Linear | Mapped | Joined | Array]()
    for index in range(len(node.inputs)):
        constant = t.constant(node, index)
        if constant is None:
            meaning = t.meaning(node, index)
            if isinstance(meaning, Input) or (isinstance(meaning, Joined) and meaning.after):
                meaning = t.real(node, index)
            parts.append(meaning)
        elif parts and isinstance(parts[-1], np.ndarray):
            parts[-1] = np.concatenate([parts[-1], constant], axis=axis)
        elif constant.size:
            parts.append(constant)
    t.give(node, Joined(node.name, shape, axis, tuple(parts)))


@family("Split")
def split(node: OnnxNode, t: Translator) -> None:
    """Pieces of an axis."""
    x = t.real(node)
    axis, start = int(node.attributes.get("axis", 0)) % len(x.shape), 0
    for index, name in enumerate(node.outputs):
        extent = t.model.shape(node, name)[axis]
        shape = (*x.shape[:axis], extent, *x.shape[axis + 1 :])
        if name and not extent:
            t.fold(node, np.zeros(shape), index)
        elif name:
            t.give(node, piece(node, t, x, {axis: (start, 1)}, shape), index)
        start += extent


@family("Slice")
def slice_(node: OnnxNode, t: Translator) -> None:
    """Every step-th entry of some axes."""
    x = t.real(node)
    starts = t.required(node, 1, "starts").reshape(-1).tolist()
    axes = t.required(node, 3, "axes").reshape(-1).tolist() if node.input(3) else list(range(len(starts)))
    steps = t.required(node, 4, "steps").reshape(-1).tolist() if node.input(4) else [1] * len(starts)
    places = {}
    for start, axis, step in zip(starts, axes, steps, strict=True):
        extent = x.shape[axis % len(x.shape)]
        first = start + extent if start < 0 else start
        if step < 0:
            places[axis % len(x.shape)] = (min(max(first, 0), extent - 1), step)
        else:
            places[axis % len(x.shape)] = (min(max(first, 0), extent), step)
    shape = t.model.shape(node, node.outputs[0])
    if any(step < 0 for _, step in places.values()):
        for axis, (start, step) in places.items():
            x = taken(node, t, x, axis, np.arange(shape[axis]) * step + start)
        t.give(node, x)
        return
    t.give(node, piece(node, t, x, places, shape))


@family("Pad")
def pad(node: OnnxNode, t: Translator) -> None:
    """Constants around a tensor; edges and reflections are taken from it."""
    x = t.real(node)
    rank = len(x.shape)
    given = t.required(node, 1, "pads").reshape(-1).tolist()
    axes = t.required(node, 3, "axes").reshape(-1).tolist() if node.input(3) else list(range(rank))
    before, after = [0] * rank, [0] * rank
    for k, axis in enumerate(axes):
        before[axis % rank], after[axis % rank] = given[k], given[len(axes) + k]
    x = _cropped(node, t, x, before, after)
    before, after = [max(0, count) for count in before], [max(0, count) for count in after]
    mode = node.attributes.get("mode", "constant")
    if mode == "constant":
        values = t.required(node, 2, "values").reshape(-1) if node.input(2) else np.zeros(1)
        value = float(values[0]) if values.size else 0.0
        if not np.isfinite(value):
            raise Unsupported(node, f"it pads with {value:g}", "pad with a number in the input's range")
        t.give(node, t.with_op(node, Pad(tuple(before), tuple(after), round(value / x.scale)), x))
        return
    if mode not in ("edge", "reflect", "wrap"):
        raise Unsupported(node, f"its mode is {mode!r}", "use constant, edge, reflect or wrap")
    for axis in range(rank):
        if before[axis] or after[axis]:
            require_matrix(node, x.shape[axis], before[axis] + x.shape[axis] + after[axis])
            places = np.pad(np.arange(x.shape[axis]), (before[axis], after[axis]), mode=mode)
            x = taken(node, t, x, axis, places)
    t.give(node, x)


def _cropped(node: OnnxNode, t: Translator, x: Real, before: Sequence[int], after: Sequence[int]) -> Real:
    """Return what negative padding leaves of a tensor."""
    cut = [(max(0, -first), max(0, -last)) for first, last in zip(before, after, strict=True)]
    shape = tuple(extent - sum(ends) for extent, ends in zip(x.shape, cut, strict=True))
    if min(shape, default=1) < 1:
        raise Unsupported(node, "it cuts every entry off", "pad by more than it cuts off")
    return piece(node, t, x, {axis: (first, 1) for axis, (first, _) in enumerate(cut)}, shape)


@family("Gather")
def gather(node: OnnxNode, t: Translator) -> None:
    """Entries of an axis at constant places, or rows of a constant table at hidden ones."""
    table, places = t.constant(node, 0), t.constant(node, 1)
    axis = int(node.attributes.get("axis", 0))
    if table is not None:
        _rows(node, t, table, axis)
        return
    x = t.real(node)
    axis %= len(x.shape)
    if places is None:
        raise Unsupported(node, "its indices are computed by the network", "gather at constant places")
    line, extent = places.reshape(-1), x.shape[axis]
    if not np.all((line >= -extent) & (line < extent)):
        raise Unsupported(node, f"it takes entries that an axis of {extent} does not have", "correct its indices")
    found, shape = taken(node, t, x, axis, line % extent), t.model.shape(node, node.outputs[0])
    t.give(node, found if found.shape == shape else t.with_op(node, Reshape(shape), found))


def _rows(node: OnnxNode, t: Translator, table: Array, axis: int) -> None:
    """Give the rows of a table at the places that the network's input tells."""
    if table.ndim != 2 or axis % table.ndim:
        raise Unsupported(node, "it takes entries of a constant that is no table of rows", "gather rows of a matrix")
    places = t.real(node, 1)
    count = prod(places.shape)
    line = places if places.shape == (count,) else t.with_op(node, Reshape((count,)), places)
    # No index reaches a second row of zeros, where a table has a single one.
    real = np.vstack([table, np.zeros_like(table)])[: max(2, len(table))].astype(np.float64)
    shape = t.model.shape(node, node.outputs[0])
    t.give(
        node,
        Linear(
            node.name,
            shape,
            (real,),
            lambda fixed: Embedding(fixed.integers(real)),
            (line.tensor,),
            after=() if shape == (count, real.shape[1]) else (Reshape(shape),),
        ),
    )


@family("Expand", "Tile")
def repeat(node: OnnxNode, t: Translator) -> None:
    """The tensor again and again along some axes."""
    x, shape = t.real(node), t.model.shape(node, node.outputs[0])
    if len(x.shape) < len(shape):
        x = t.with_op(node, Reshape((*(1,) * (len(shape) - len(x.shape)), *x.shape)), x)
    counts = tuple(extent // own for extent, own in zip(shape, x.shape, strict=True))
    if shape == x.shape:
        t.give(node, x)
        return
    out, inverse = t.with_op(node, Repeat(counts, tiled=True), x), t.inverses.get(x.tensor)
    if inverse is not None and inverse.shape == x.shape:
        t.inverses[out.tensor] = inverse  # what is divided by it is stretched as far
    t.give(node, out)


@family("DepthToSpace")
def depth_to_space(node: OnnxNode, t: Translator) -> None:
    """Blocks of channels become blocks of places."""
    images, channels, height, width = t.model.shape(node, node.input(0))
    block = int(node.attributes["blocksize"])
    columns = node.attributes.get("mode", "DCR") == "CRD"
    inner = (channels // block**2, block, block) if columns else (block, block, channels // block**2)
    order = (0, 1, 4, 2, 5, 3) if columns else (0, 3, 4, 1, 5, 2)
    _reordered(node, t, (images, *inner, height, width), order)


@family("SpaceToDepth")
def space_to_depth(node: OnnxNode, t: Translator) -> None:
    """Blocks of places become blocks of channels."""
    images, channels, height, width = t.model.shape(node, node.input(0))
    block = int(node.attributes["blocksize"])
    split_up = (images, channels, height // block, block, width // block, block)
    _reordered(node, t, split_up, (0, 3, 5, 1, 2, 4))


def _reordered(node: OnnxNode, t: Translator, shape: Sequence[int], order: tuple[int, ...]) -> None:
    """Give the first input in another shape, transposed, in the shape of the output."""
    x, out = t.real(node), t.model.shape(node, node.outputs[0])
    parts = t.with_op(node, Transpose(order), t.with_op(node, Reshape(tuple(shape)), x))
    t.give(node, t.with_op(node, Reshape(out), parts))
