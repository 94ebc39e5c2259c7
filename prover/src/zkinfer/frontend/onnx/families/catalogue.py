"""Every family of operators: a file each, which says what a node of it means in integers. Add yours to the imports.

    @family("Conv", "ConvTranspose")
    def convolution(node, t): ...      reads inputs by t.real / t.constant, gives its meaning by t.give

FAMILIES maps an operator's name to its function. A node that cannot be proved raises Unsupported: why, and what to do.
"""

from zkinfer.frontend.onnx.families import (
    comparison,
    convolution,
    cumulative,
    division,
    einsum,
    elementwise,
    extremes,
    integers,
    label,
    logic,
    matrix,
    movement,
    normalisation,
    norms,
    pooling,
    quantisation,
    rearrange,
    remainder,
    resize,
    response,
    roots,
    slopes,
    softmax,
    unary,
    where,
)
from zkinfer.frontend.onnx.families.registry import FAMILIES

__all__ = [
    "FAMILIES",
    "comparison",
    "convolution",
    "cumulative",
    "division",
    "einsum",
    "elementwise",
    "extremes",
    "integers",
    "label",
    "logic",
    "matrix",
    "movement",
    "normalisation",
    "norms",
    "pooling",
    "quantisation",
    "rearrange",
    "remainder",
    "resize",
    "response",
    "roots",
    "slopes",
    "softmax",
    "unary",
    "where",
]
