"""Concat, Split, Slice, Pad, Gather, Expand, Tile, Resize, DepthToSpace, ReduceMax: entries in other places."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from zkinfer.frontend.onnx.families.pooling import axes_of
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Fixed, Input, Joined, Linear, Mapped, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.einsum import Einsum
from zkinfer.network.embedding import Embedding
from zkinfer.network.pad import Pad
from zkinfer.network.piece import Piece
from zkinfer.network.rearrange import Reshape, Transpose
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.repeat import Repeat

LETTERS = "abcdefgh"


@family("Concat")
def concat(node: OnnxNode, t: Translator) -> None:
    """Tensors one after the other, constants among them; each is rounded to the result's scale."""
    shape = t.model.shape(node, node.outputs[0])
    axis, parts = int(node.attributes["axis"]) % len(shape), list[Real | Linear | Mapped | Joined | Array]()
    for index in range(len(node.inputs)):
        constant = t.constant(node, index)
        if constant is None:
            meaning = t.meaning(node, index)
            parts.append(t.real(node, index) if isinstance(meaning, Input) else meaning)
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
        if name:
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
            x = _taken(node, t, x, axis, np.arange(shape[axis]) * step + start)
        t.give(node, x)
        return
    t.give(node, piece(node, t, x, places, shape))


def piece(node: OnnxNode, t: Translator, x: Real, places: dict[int, tuple[int, int]], shape: tuple[int, ...]) -> Real:
    """Return a piece of x; places: (start, step) of the axes that are cut."""
    if shape == x.shape:
        return x
    each = [places.get(axis, (0, 1)) for axis in range(len(shape))]
    return t.with_op(node, Piece(tuple(start for start, _ in each), tuple(step for _, step in each), shape), x)


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
    mode = node.attributes.get("mode", "constant")
    if min((*before, *after)) < 0:
        raise Unsupported(node, "it cuts entries off", "use a Slice node")
    if mode == "constant":
        value = float(t.required(node, 2, "values").reshape(-1)[0]) if node.input(2) else 0.0
        code = round(value / x.scale)
        if abs(code * x.scale - value) > x.scale / 2 or not np.isfinite(value):
            raise Unsupported(node, f"it pads with {value:g}", "pad with a number in the input's range")
        t.give(node, t.with_op(node, Pad(tuple(before), tuple(after), code), x))
        return
    for axis in range(rank):
        if before[axis] or after[axis]:
            places = np.pad(np.arange(x.shape[axis]), (before[axis], after[axis]), mode=mode)
            x = _taken(node, t, x, axis, places)
    t.give(node, x)


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
    taken = _taken(node, t, x, axis, places.reshape(-1) % x.shape[axis])
    shape = t.model.shape(node, node.outputs[0])
    t.give(node, taken if taken.shape == shape else t.with_op(node, Reshape(shape), taken))


def _rows(node: OnnxNode, t: Translator, table: Array, axis: int) -> None:
    """Give the rows of a table at the places that the network's input tells."""
    if table.ndim != 2 or axis % table.ndim:
        raise Unsupported(node, "it takes entries of a constant that is no table of rows", "gather rows of a matrix")
    meaning = t.meaning(node, 1)
    if isinstance(meaning, Input):
        places = t.input_port(meaning, 1.0, 0, 0, len(table) - 1, quantised=False)
    else:
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


def _taken(node: OnnxNode, t: Translator, x: Real, axis: int, places: Array) -> Real:
    """Return the entries of an axis at constant places: a piece, or a product with a matrix of zeros and ones."""
    first, steps = int(places[0]), np.unique(np.diff(places))
    if len(places) == 1 or (len(steps) == 1 and steps[0] >= 1):
        step = 1 if len(places) == 1 else int(steps[0])
        shape = (*x.shape[:axis], len(places), *x.shape[axis + 1 :])
        return piece(node, t, x, {axis: (first, step)}, shape)
    matrix = np.zeros((x.shape[axis], len(places)))
    matrix[places, np.arange(len(places))] = 1.0
    return t.quantised(node, mixed(node, t, x, axis, matrix), x.scale, x.lo, x.hi)


def mixed(node: OnnxNode, t: Translator, x: Real, axis: int, matrix: Array) -> Linear:
    """Return sums of an axis's entries with real weights, (entries, results)."""
    labels = LETTERS[: len(x.shape)]
    out = labels.replace(labels[axis], "z")
    shape = (*x.shape[:axis], matrix.shape[1], *x.shape[axis + 1 :])
    real = matrix * x.scale

    def operation(fixed: Fixed) -> Einsum:
        return Einsum((labels, f"{labels[axis]}z"), out, fixed.integers(real))

    return Linear(node.name, shape, (real,), operation, (x.tensor,))


@family("Expand", "Tile")
def repeat(node: OnnxNode, t: Translator) -> None:
    """The tensor again and again along some axes."""
    x, shape = t.real(node), t.model.shape(node, node.outputs[0])
    if len(x.shape) < len(shape):
        x = t.with_op(node, Reshape((*(1,) * (len(shape) - len(x.shape)), *x.shape)), x)
    counts = tuple(extent // own for extent, own in zip(shape, x.shape, strict=True))
    t.give(node, x if shape == x.shape else t.with_op(node, Repeat(counts, tiled=True), x))


@family("Resize", "Upsample")
def resize(node: OnnxNode, t: Translator) -> None:
    """Nearest neighbours, and linear and cubic interpolation, axis by axis."""
    x, shape = t.real(node), t.model.shape(node, node.outputs[0])
    counts = tuple(extent // own for extent, own in zip(shape, x.shape, strict=True))
    mode = node.attributes.get("mode", "nearest")
    changed = [axis for axis, (extent, own) in enumerate(zip(shape, x.shape, strict=True)) if extent != own]
    matrices = {axis: _interpolation(node, t, axis) for axis in changed}
    if mode == "nearest" and all(
        shape[axis] == counts[axis] * x.shape[axis]
        and np.array_equal(matrix, np.repeat(np.eye(x.shape[axis]), counts[axis], axis=1))
        for axis, matrix in matrices.items()
    ):
        t.give(node, t.with_op(node, Repeat(counts), x) if changed else x)
        return
    if not changed:
        t.give(node, x)
        return
    for axis in changed[:-1]:
        x = t.held(node, mixed(node, t, x, axis, matrices[axis]))
    t.give(node, mixed(node, t, x, changed[-1], matrices[changed[-1]]))


def _interpolation(node: OnnxNode, t: Translator, axis: int) -> Array:
    """Return how an axis's results mix its entries, (entries, results): the node, run on unit vectors."""
    from onnx import TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator

    size, result = t.model.shape(node, node.input(0)), t.model.shape(node, node.outputs[0])
    rank = len(size)
    unit = np.eye(size[axis], dtype=np.float32).reshape(*(1,) * (rank - 1), *(size[axis], size[axis]))
    # The axis stands last, the unit vectors before it; nothing else is resized.
    attributes = {k: v for k, v in node.attributes.items() if k not in ("axes", "keep_aspect_ratio_policy")}
    names, constants = ["x", "", "", ""], {}
    scales = t.constant(node, 2 if len(node.inputs) > 2 else 1)
    if scales is not None and scales.size:
        given = node.attributes.get("axes", range(rank))
        own = dict(zip((int(k) % rank for k in given), scales.reshape(-1).tolist(), strict=False))
        names[2], constants["scales"] = "scales", np.array([1.0] * rank + [own.get(axis, 1.0)], dtype=np.float32)
    else:
        names[3] = "sizes"
        constants["sizes"] = np.array([*unit.shape[:-1], result[axis]], dtype=np.int64)
    if node.attributes.get("coordinate_transformation_mode") == "tf_crop_and_resize":
        raise Unsupported(node, "it crops while it resizes", "use a Slice node before it")
    proto = helper.make_node("Resize", names, ["y"], **attributes)
    graph = helper.make_graph(
        [proto],
        "axis",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, unit.shape)],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", max(19, t.model.opset))])
    (mixed_units,) = ReferenceEvaluator(model).run(None, {"x": unit})
    matrix: Array = np.asarray(mixed_units, dtype=np.float64).reshape(size[axis], result[axis])
    return matrix


@family("DepthToSpace")
def depth_to_space(node: OnnxNode, t: Translator) -> None:
    """Blocks of channels become blocks of places."""
    _, channels, height, width = t.model.shape(node, node.input(0))
    block = int(node.attributes["blocksize"])
    columns = node.attributes.get("mode", "DCR") == "CRD"
    inner = (channels // block**2, block, block) if columns else (block, block, channels // block**2)
    order = (0, 1, 4, 2, 5, 3) if columns else (0, 3, 4, 1, 5, 2)
    _reordered(node, t, (1, *inner, height, width), order)


@family("SpaceToDepth")
def space_to_depth(node: OnnxNode, t: Translator) -> None:
    """Blocks of places become blocks of channels."""
    _, channels, height, width = t.model.shape(node, node.input(0))
    block = int(node.attributes["blocksize"])
    split_up = (1, channels, height // block, block, width // block, block)
    _reordered(node, t, split_up, (0, 3, 5, 1, 2, 4))


def _reordered(node: OnnxNode, t: Translator, shape: Sequence[int], order: tuple[int, ...]) -> None:
    """Give the first input in another shape, transposed, in the shape of the output."""
    x, out = t.real(node), t.model.shape(node, node.outputs[0])
    parts = t.with_op(node, Transpose(order), t.with_op(node, Reshape(tuple(shape)), x))
    t.give(node, t.with_op(node, Reshape(out), parts))


@family("ReduceMax", "GlobalMaxPool")
def reduce_max(node: OnnxNode, t: Translator) -> None:
    """The largest entry along constant axes, or of each channel."""
    x, shape = t.real(node), t.model.shape(node, node.outputs[0])
    rank = len(x.shape)
    axes = tuple(range(2, rank)) if node.op_type == "GlobalMaxPool" else axes_of(node, t, rank)
    out = t.with_op(node, ReduceMax(axes), x)
    t.give(node, out if out.shape == shape else t.with_op(node, Reshape(shape), out))
