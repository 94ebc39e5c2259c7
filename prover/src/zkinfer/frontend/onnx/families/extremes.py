"""ReduceMax and GlobalMaxPool: the largest entry along axes."""

from __future__ import annotations

from zkinfer.frontend.onnx.families.pooling import axes_of
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.rearrange import Reshape
from zkinfer.network.reduce_max import ReduceMax


@family("ReduceMax", "GlobalMaxPool")
def reduce_max(node: OnnxNode, t: Translator) -> None:
    """The largest entry along constant axes, or of each channel."""
    x, shape = t.real(node), t.model.shape(node, node.outputs[0])
    rank = len(x.shape)
    axes = tuple(range(2, rank)) if node.op_type == "GlobalMaxPool" else axes_of(node, t, rank)
    out = t.with_op(node, ReduceMax(axes), x)
    t.give(node, out if out.shape == shape else t.with_op(node, Reshape(shape), out))
