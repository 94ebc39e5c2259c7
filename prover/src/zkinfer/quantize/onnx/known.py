"""The unary operators of ONNX that exporters write out as several nodes, as functions of float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from zkinfer.graph.graph import Array


@dataclass(frozen=True)
class Unary:
    """An operator of the standard domain, its attributes, and what it computes from a list of numbers."""

    op_type: str
    attributes: Mapping[str, float | str]
    function: Callable[[Array], Array]


def _erf(x: Array) -> Array:
    return np.array([math.erf(value) for value in x])


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _hard_sigmoid(slope: float) -> Callable[[Array], Array]:
    return lambda x: np.clip(slope * x + 0.5, 0, 1)


def _leaky(slope: float) -> Callable[[Array], Array]:
    return lambda x: np.where(x < 0, slope * x, x)


KNOWN = (
    Unary("Relu", {}, lambda x: np.maximum(x, 0)),
    Unary("Sigmoid", {}, _sigmoid),
    Unary("Gelu", {"approximate": "none"}, lambda x: 0.5 * x * (1 + _erf(x / math.sqrt(2)))),
    Unary(
        "Gelu",
        {"approximate": "tanh"},
        lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    ),
    Unary("Swish", {"alpha": 1.0}, lambda x: x * _sigmoid(x)),
    Unary("Swish", {"alpha": 1.702}, lambda x: x * _sigmoid(1.702 * x)),
    Unary("HardSwish", {}, lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    Unary("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, _hard_sigmoid(1 / 6)),
    Unary("HardSigmoid", {"alpha": 0.2, "beta": 0.5}, _hard_sigmoid(0.2)),
    Unary("Mish", {}, lambda x: x * np.tanh(np.logaddexp(0, x))),
    Unary("Softplus", {}, lambda x: np.logaddexp(0, x)),
    Unary("Softsign", {}, lambda x: x / (1 + np.abs(x))),
    Unary("Elu", {"alpha": 1.0}, lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x)),
    *(Unary("LeakyRelu", {"alpha": slope}, _leaky(slope)) for slope in (0.01, 0.1, 0.2, 0.3)),
)
GRID = np.concatenate([np.linspace(-20, 20, 2001), np.linspace(-3, 3, 1001)])
"""Where functions are compared. The two forms of Gelu differ by 5e-4 at most, so TOLERANCE tells them apart."""
TOLERANCE = 1e-4


def known_unary(function: Callable[[Array], Array]) -> Unary | None:
    """The operator that gives what the function gives on GRID, up to float32."""
    found = function(GRID)
    for unary in KNOWN:
        expected = unary.function(GRID)
        if np.all(np.abs(found - expected) <= TOLERANCE * (1 + np.abs(expected))):
            return unary
    return None
