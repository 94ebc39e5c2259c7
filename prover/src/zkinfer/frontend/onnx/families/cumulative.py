"""CumSum: sums of an axis's entries up to each of them, a product with a triangle of ones."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.families.selection import mixed, require_matrix
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.translator import Translator


@family("CumSum")
def cumulative_sum(node: OnnxNode, t: Translator) -> None:
    """The sum of the entries before each one, and of it unless `exclusive`; from the end if `reverse`."""
    x, axis = t.real(node), int(t.required(node, 1, "axis").reshape(-1)[0])
    axis %= len(x.shape)
    extent = x.shape[axis]
    require_matrix(node, extent, extent)
    matrix = np.triu(np.ones((extent, extent)), 1 if node.attributes.get("exclusive", 0) else 0)
    t.give(node, mixed(node, t, x, axis, matrix.T if node.attributes.get("reverse", 0) else matrix))
