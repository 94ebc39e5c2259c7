"""PRelu: negative entries have slopes of their own, as a rule one for each channel."""

from __future__ import annotations

from functools import partial

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.unary import leaky
from zkinfer.frontend.onnx.meaning import Fixed, Linear
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.narrow import compared
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.network.slopes import Slopes


@family("PRelu")
def prelu(node: OnnxNode, t: Translator) -> None:
    """x, and slope x below zero."""
    slope = t.required(node, 1, "slopes").astype(np.float64)
    if slope.size == 1:
        t.map(node, partial(leaky, alpha=float(slope.reshape(-1)[0])))
        return
    x = compared(node, t)
    own = slope.reshape((1,) * (len(x.shape) - slope.ndim) + slope.shape) * x.scale
    one = np.full((1,) * len(x.shape), x.scale)

    def operation(fixed: Fixed) -> Slopes:
        return Slopes(fixed.integers(own), fixed.integers(one))

    t.give(node, Linear(node.name, x.shape, (own, one), operation, (x.tensor,)))
