"""Where: of two tensors the one that a condition tells, entry by entry."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import ranked
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Chosen, Input, Joined, Linear, Mapped, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array, Shape
from zkinfer.network.rearrange import Reshape
from zkinfer.network.repeat import Repeat


@family("Where")
def where(node: OnnxNode, t: Translator) -> None:
    """The first where the condition is 1, the second where it is 0; each is rounded to the result's scale once.

    Of two numbers, a table of the condition.
    """
    shape, condition = t.model.shape(node, node.outputs[0]), t.constant(node, 0)
    if condition is not None and (condition.all() or not condition.any()):
        _only(node, t, 1 if condition.all() else 2, shape)
        return
    parts = [_part(node, t, index) for index in (1, 2)]
    own = t.real(node, 0) if condition is None else condition
    if isinstance(own, Real) and not 0 <= own.lo <= own.hi <= 1:
        raise Unsupported(node, f"its condition ranges in {own.lo}..{own.hi}", "compare with zero, or cast to bool")
    numbers = [part for part in parts if isinstance(part, np.ndarray) and part.size == 1]
    if isinstance(own, Real) and len(numbers) == 2:
        yes, no = (float(number.reshape(-1)[0]) for number in numbers)
        own = ranked(node, t, own, len(shape))
        t.give(node, Mapped(own, (lambda x: np.where(x > 0, yes, no),)))
        return
    t.give(node, Chosen(node.name, shape, 0, tuple(parts), condition=own))


def _part(node: OnnxNode, t: Translator, index: int) -> Real | Linear | Mapped | Joined | Array:
    """Return a tensor to choose from, as real numbers."""
    constant = t.constant(node, index)
    if constant is not None:
        return np.asarray(constant, dtype=np.float64)
    meaning = t.meaning(node, index)
    if isinstance(meaning, Input) or (isinstance(meaning, Joined) and meaning.after):
        return t.real(node, index)
    return meaning


def _only(node: OnnxNode, t: Translator, index: int, shape: Shape) -> None:
    """Give one tensor, stretched."""
    constant = t.constant(node, index)
    if constant is not None:
        t.fold(node, np.broadcast_to(constant, shape))
        return
    meaning = t.meaning(node, index)
    if meaning.shape == shape:
        t.give(node, meaning)
        return
    x = t.real(node, index)
    padded = (*(1,) * (len(shape) - len(x.shape)), *x.shape)
    x = x if padded == x.shape else t.with_op(node, Reshape(padded), x)
    counts = tuple(extent // own for extent, own in zip(shape, padded, strict=True))
    t.give(node, x if max(counts, default=1) == 1 else t.with_op(node, Repeat(counts, tiled=True), x))
