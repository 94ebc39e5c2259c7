"""ReduceMax, ReduceMin, GlobalMaxPool, Max, Min: the largest or smallest entry along axes, or of several tensors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.families.pooling import axes_of
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.joining import compared_later
from zkinfer.frontend.onnx.meaning import Clamp, Joined, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.narrow import compared
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.rearrange import Reshape
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.repeat import Repeat


@family("ReduceMax", "ReduceMin", "GlobalMaxPool")
def reduce_max(node: OnnxNode, t: Translator) -> None:
    """The largest or smallest entry along constant axes, or the largest of each channel."""
    shape, rank = t.model.shape(node, node.outputs[0]), len(t.model.shape(node, node.input(0)))
    axes = tuple(range(2, rank)) if node.op_type == "GlobalMaxPool" else axes_of(node, t, rank)
    op = ReduceMax(axes, node.op_type == "ReduceMin")
    later = compared_later(node, t, op, shape)
    if later is not None:
        t.give(node, replace(later, after=(*later.after, Reshape(shape))))
        return
    out = t.with_op(node, op, compared(node, t))
    t.give(node, out if out.shape == shape else t.with_op(node, Reshape(shape), out))


@family("Max", "Min")
def extreme(node: OnnxNode, t: Translator) -> None:
    """The largest or smallest of several tensors, entry by entry; of one and a number, a clamp.

    Rounding keeps the order, so that tensors of several scales are put on the result's scale first.
    """
    smallest, shape = node.op_type == "Min", t.model.shape(node, node.outputs[0])
    constants = [t.constant(node, index) for index in range(len(node.inputs))]
    if len(constants) == 2 and constants[0] is None and constants[1] is not None and constants[1].size == 1:
        bound = float(constants[1].reshape(-1)[0])
        if shape == t.model.shape(node, node.input(0)):
            t.map(node, Clamp(hi=bound) if smallest else Clamp(lo=bound))
            return
    parts: list[Real | Array] = []
    for index, constant in enumerate(constants):
        if constant is None:
            parts.append(_stretched(node, t, t.real(node, index), shape))
        else:
            parts.append(np.broadcast_to(constant, shape)[np.newaxis])
    after = ReduceMax((0,), smallest), Reshape(shape)
    t.give(node, Joined(node.name, shape, 0, tuple(parts), after))


def _stretched(node: OnnxNode, t: Translator, x: Real, shape: Shape) -> Real:
    """Return a tensor in a common shape, behind a first axis of extent 1."""
    padded = (*(1,) * (len(shape) + 1 - len(x.shape)), *x.shape)
    x = t.with_op(node, Reshape(padded), x)
    counts = tuple(extent // own for extent, own in zip((1, *shape), padded, strict=True))
    return x if max(counts) == 1 else t.with_op(node, Repeat(counts), x)
