"""Resize: nearest neighbours, and linear and cubic interpolation, axis by axis."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.families.interpolation import COORDINATES, ROUNDINGS, cubic, linear, nearest
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.selection import mixed, mixed_exactly, require_matrix, taken
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.repeat import Repeat

MIXES = {"linear": linear, "cubic": cubic}
HELD_PLACES = 15
"""Binary places of weights between two axes: as many are left for the second one's."""


@family("Resize")
def resize(node: OnnxNode, t: Translator) -> None:
    """Entries in between: the nearest ones, or mixes of the ones around."""
    x, shape = t.real(node), t.model.shape(node, node.outputs[0])
    mode = node.attributes.get("mode", "nearest")
    changed = [axis for axis, (extent, own) in enumerate(zip(shape, x.shape, strict=True)) if extent != own]
    if 0 in shape:
        raise Unsupported(node, "its result has no entries", "remove it, and what reads it")
    if not changed:
        t.give(node, x)
        return
    for axis in changed:
        require_matrix(node, 1 if mode == "nearest" else x.shape[axis], shape[axis])
    # What shrinks comes first: fewer entries are held in between.
    changed.sort(key=lambda axis: shape[axis] / x.shape[axis])
    positions = {axis: _positions(node, t, axis, x.shape, shape) for axis in changed}
    if mode == "nearest":
        rounding = node.attributes.get("nearest_mode", "round_prefer_floor")
        if rounding not in ROUNDINGS:
            raise Unsupported(node, f"its rounding is {rounding!r}", f"use one of {', '.join(ROUNDINGS)}")
        places = {axis: nearest(rounding, positions[axis], x.shape[axis]) for axis in changed}
        counts = tuple(max(1, extent // own) for extent, own in zip(shape, x.shape, strict=True))
        if all(np.array_equal(places[k], np.repeat(np.arange(x.shape[k]), counts[k])) for k in changed):
            t.give(node, t.with_op(node, Repeat(counts), x))
            return
        for axis in changed:
            x = taken(node, t, x, axis, places[axis])
        t.give(node, x)
        return
    if mode not in MIXES:
        raise Unsupported(node, f"its mode is {mode!r}", "use nearest, linear or cubic")
    matrices = {axis: MIXES[mode](positions[axis], x.shape[axis], node.attributes) for axis in changed}
    for axis in changed[:-1]:
        x = mixed_exactly(node, t, x, axis, matrices[axis], HELD_PLACES)
    t.give(node, mixed(node, t, x, changed[-1], matrices[changed[-1]]))


def _positions(node: OnnxNode, t: Translator, axis: int, extents: Shape, sizes: Shape) -> Array:
    """Return where in the input each result of an axis lies."""
    extent, size = extents[axis], sizes[axis]
    way = node.attributes.get("coordinate_transformation_mode", "half_pixel")
    scale = _scale(node, t, axis, extents, sizes)
    if way not in COORDINATES:
        raise Unsupported(node, f"its coordinates are {way!r}", f"use one of {', '.join(COORDINATES)}")
    if node.attributes.get("antialias", 0) and scale < 1:
        raise Unsupported(node, "it smooths while it shrinks (antialias)", "use an AveragePool node for that")
    return COORDINATES[way](np.arange(size, dtype=np.float32), scale, extent, size)


def _scale(node: OnnxNode, t: Translator, axis: int, extents: Shape, sizes: Shape) -> np.float32:
    """Return by how much an axis grows: the node says so, or its sizes do."""
    rank = len(extents)
    scales = t.constant(node, 2)
    axes = [int(k) % rank for k in node.attributes.get("axes", range(rank))]
    if scales is not None and scales.size:
        return np.float32(scales.reshape(-1)[axes.index(axis)])
    policy = node.attributes.get("keep_aspect_ratio_policy", "stretch")
    if policy == "stretch":
        return np.float32(sizes[axis]) / np.float32(extents[axis])
    wanted = t.required(node, 3, "sizes").reshape(-1)
    ratios = [np.float32(size) / np.float32(extents[k]) for k, size in zip(axes, wanted.tolist(), strict=True)]
    return min(ratios) if policy == "not_larger" else max(ratios)
