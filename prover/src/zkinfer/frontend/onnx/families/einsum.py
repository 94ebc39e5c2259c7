"""Einsum: a sum along axes, axes in another order, or products of two tensors' entries, one of them constant or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkinfer.frontend.onnx.families.rearrange import rearranged
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Fixed, Linear
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import factors
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Shape
from zkinfer.network.einsum import Einsum
from zkinfer.network.rearrange import Transpose

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
REMEDY = "write it as MatMul, Mul, Transpose and ReduceSum nodes"


@family("Einsum")
def einsum(node: OnnxNode, t: Translator) -> None:
    """The sum, over the labels that the result does not have, of the products of the inputs' entries."""
    shapes = [t.model.shape(node, name) for name in node.inputs]
    labels, out = equation(str(node.attributes["equation"]), [len(shape) for shape in shapes])
    if len(labels) > 2:
        raise Unsupported(node, f"it multiplies {len(labels)} tensors", "multiply two at a time")
    if any(len(set(own)) < len(own) for own in labels):
        raise Unsupported(node, "it takes a diagonal", REMEDY)
    labels = _stretched(labels, shapes)
    shape = t.model.shape(node, node.outputs[0])
    constants = [t.constant(node, index) for index in range(len(labels))]
    if len(labels) == 1 and len(out) == len(labels[0]):
        rearranged(node, t, Transpose(tuple(map(labels[0].index, out))), shape)
        return
    first = 0 if constants[0] is None else 1
    x, own = t.real(node, first), labels[first]
    if len(labels) == 1:
        _give(node, t, (own, ""), out, x.scale, (x.tensor,))
        return
    other, constant = labels[1 - first], constants[1 - first]
    if constant is None:
        a, b = factors(node, t, x, t.real(node, 1))
        _give(node, t, (own, other), out, a.scale * b.scale, (a.tensor, b.tensor))
        return
    # What only the constant has, and the result does not, is summed here.
    alone = tuple(axis for axis, label in enumerate(other) if label not in own + out)
    weights = constant.astype(np.float64).sum(axis=alone) * x.scale
    pair = own, "".join(label for label in other if label in own + out)

    def operation(fixed: Fixed) -> Einsum:
        return Einsum(pair, out, fixed.integers(weights))

    t.give(node, Linear(node.name, shape, (weights,), operation, (x.tensor,)))


def equation(text: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """Return the labels of each input's axes and of the result's, a letter for each; `...` gets letters of its own."""
    left, arrow, right = text.replace(" ", "").partition("->")
    terms = left.split(",")
    free = [letter for letter in LETTERS if letter not in text]
    most = max(rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True))
    dots = "".join(free[:most])
    labels = [
        term.replace("...", dots[most - (rank - len(term.replace("...", ""))) :])
        for term, rank in zip(terms, ranks, strict=True)
    ]
    if not arrow:
        once = sorted(letter for letter in set(left) - set(".,") if left.count(letter) == 1)
        right = "".join(("..." if "..." in left else "", *once))
    return labels, right.replace("...", dots)


def _stretched(labels: Sequence[str], shapes: Sequence[Shape]) -> list[str]:
    """Give an axis of extent 1 a letter of its own where the other tensor's is longer."""
    longest: dict[str, int] = {}
    for own, shape in zip(labels, shapes, strict=True):
        for label, extent in zip(own, shape, strict=True):
            longest[label] = max(longest.get(label, 1), extent)
    free = (letter for letter in LETTERS if letter not in longest)
    return [
        "".join(label if extent == longest[label] else next(free) for label, extent in zip(own, shape, strict=True))
        for own, shape in zip(labels, shapes, strict=True)
    ]


def _give(
    node: OnnxNode, t: Translator, labels: tuple[str, str], out: str, scale: float, inputs: tuple[str, ...]
) -> None:
    """Give scale times the sum of products of integers."""

    def operation(fixed: Fixed) -> Einsum:
        return Einsum(labels, out, factor=fixed.integer(scale))

    shape = t.model.shape(node, node.outputs[0])
    t.give(node, Linear(node.name, shape, (np.array(scale),), operation, inputs))
