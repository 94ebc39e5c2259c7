"""LRN: each entry divided by a power of the mean of squares in the channels around it."""

from __future__ import annotations

from math import ceil, floor

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import product
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.selection import mixed, require_matrix
from zkinfer.frontend.onnx.meaning import FINE_BITS
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import compared
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array


@family("LRN")
def response(node: OnnxNode, t: Translator) -> None:
    """x (bias + alpha / size sum of squares)^-beta, over `size` channels: the power is a table of the sum."""
    x, size = compared(node, t), int(node.attributes["size"])
    alpha, beta, bias = (
        float(node.attributes.get(name, default)) for name, default in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0))
    )
    if bias <= 0 or alpha < 0 or beta < 0:
        raise Unsupported(node, "its divisor can be zero", "use a positive bias, alpha and beta")
    channels = x.shape[1]
    require_matrix(node, channels, channels)
    squares = _named(node, t, "squares", x.shape)
    entries = t.held(squares, product(squares, t, x, x))
    distance = np.arange(channels) - np.arange(channels)[:, np.newaxis]
    near = (distance >= -ceil((size - 1) / 2)) & (distance <= floor((size - 1) / 2))
    sums = mixed(_named(node, t, "sums", x.shape), t, entries, 1, near.T * (alpha / size))

    def power(total: Array) -> Array:
        out: Array = (bias + np.maximum(total, 0.0)) ** -beta
        return out

    limit = (1 << FINE_BITS - 1) - 1
    factor = t.quantised(_named(node, t, "power", x.shape), sums.then(power), bias**-beta / limit, 0, limit)
    t.give(node, product(node, t, x, factor))


def _named(node: OnnxNode, t: Translator, name: str, shape: tuple[int, ...]) -> OnnxNode:
    """Return a node that stands for a step of this one."""
    output = f"{node.outputs[0]}/{name}"
    t.model.shapes[output] = shape  # type: ignore[index]
    return OnnxNode(f"{node.name}/{name}", "Mul", node.inputs[:1], (output,))
