"""Reshape, Flatten, Squeeze, Unsqueeze, Transpose: other indices for the same integers, at no cost as a rule."""

from __future__ import annotations

from dataclasses import replace

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Input, Joined, Linear, Mapped, Meaning, Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Shape
from zkinfer.network.operation import Operation
from zkinfer.network.rearrange import Reshape, Transpose


@family("Reshape", "Flatten", "Squeeze", "Unsqueeze")
def reshape(node: OnnxNode, t: Translator) -> None:
    """The same entries in row-major order; the shape is the one that was inferred."""
    shape = t.model.shape(node, node.outputs[0])
    rearranged(node, t, Reshape(shape), shape)


@family("Transpose")
def transpose(node: OnnxNode, t: Translator) -> None:
    """The axes in another order; reversed by default."""
    rank = len(t.model.shape(node, node.input(0)))
    order = tuple(int(axis) % rank for axis in node.attributes.get("perm", reversed(range(rank))))
    rearranged(node, t, Transpose(order), t.model.shape(node, node.outputs[0]))


def rearranged(node: OnnxNode, t: Translator, op: Operation, shape: Shape) -> None:
    """Give the first input rearranged: what waits for a scale goes on waiting."""
    t.give(node, _rearranged(node, t, op, shape, t.meaning(node)))


def _rearranged(node: OnnxNode, t: Translator, op: Operation, shape: Shape, meaning: Meaning) -> Meaning:
    match meaning:
        case Linear():
            return replace(meaning, shape=shape, after=(*meaning.after, op))
        case Joined():
            return t.with_op(node, op, t.real(node))
        case Mapped(real, functions):
            return Mapped(t.with_op(node, op, real), functions)
        case Real():
            return replace(t.with_op(node, op, meaning), zero_point=meaning.zero_point)
        case Input():
            return replace(meaning, shape=shape, after=(*meaning.after, op))
