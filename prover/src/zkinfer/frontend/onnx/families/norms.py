"""Reductions that others compute in turn: sums of magnitudes and of squares, lengths, logarithms of sums."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import product
from zkinfer.frontend.onnx.families.pooling import axes_of, summed
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.roots import root_of
from zkinfer.frontend.onnx.meaning import Real
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.narrow import compared, narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.apply import Apply


@family("ReduceL1")
def reduce_l1(node: OnnxNode, t: Translator) -> None:
    """The sum of magnitudes along constant axes."""
    x = compared(node, t)
    magnitudes = np.abs(np.arange(x.lo, x.hi + 1))
    entries = t.as_real(t.add(f"{node.name}/magnitude", Apply(x.lo, x.hi, magnitudes), [x.tensor]), x.scale)
    t.give(node, summed(node, t, entries, axes_of(node, t, len(x.shape)), 1.0))


@family("ReduceSumSquare")
def reduce_sum_square(node: OnnxNode, t: Translator) -> None:
    """The sum of squares along constant axes."""
    x = narrow(node, t, t.real(node))
    t.give(node, summed(node, t, _product(node, t, x, x), axes_of(node, t, len(x.shape)), 1.0))


@family("ReduceL2")
def reduce_l2(node: OnnxNode, t: Translator) -> None:
    """The length along constant axes: a root to as many bits however short it is."""
    x = narrow(node, t, t.real(node))
    total = summed(node, t, _product(node, t, x, x), axes_of(node, t, len(x.shape)), 1.0)
    t.give(node, root_of(node, t, t.held(node, total)))


@family("ReduceLogSum")
def reduce_log_sum(node: OnnxNode, t: Translator) -> None:
    """The logarithm of the sum along constant axes."""
    x = t.real(node)
    t.give(node, summed(node, t, x, axes_of(node, t, len(x.shape)), 1.0).then(_log))


@family("ReduceLogSumExp")
def reduce_log_sum_exp(node: OnnxNode, t: Translator) -> None:
    """The logarithm of the sum of exponentials along constant axes."""
    name = f"{node.outputs[0]}/exponentials"
    exponentials = OnnxNode(f"{node.name}/exponentials", "Exp", node.inputs[:1], (name,))
    t.map(exponentials, np.exp)
    entries = t.held(node, t.meanings[name])  # type: ignore[arg-type]  # a function of a number waits for a scale
    t.give(node, summed(node, t, entries, axes_of(node, t, len(entries.shape)), 1.0).then(_log))


def _product(node: OnnxNode, t: Translator, a: Real, b: Real) -> Real:
    """Return a * b, entry by entry, of one shape."""
    entries = OnnxNode(f"{node.name}/products", "Mul", node.inputs[:1] * 2, (f"{node.outputs[0]}/products",))
    t.model.shapes[entries.outputs[0]] = a.shape  # type: ignore[index]
    return t.held(entries, product(entries, t, a, b))


def _log(total: Array) -> Array:
    """Of what is not positive the logarithm is taken for the least that there is, which saturates."""
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(total, 0.0))
