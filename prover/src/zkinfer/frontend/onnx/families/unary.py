"""Functions of one number: exact tables, made by evaluating the float definition for every code.

Clamps (Relu, Clip) are part of the rounding of what they read. Everything is computed in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import erf

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Clamp, Function
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array

_erf = np.vectorize(erf, otypes=[np.float64])


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x)."""
    out: Array = 0.5 * (1.0 + np.tanh(0.5 * x))
    return out


def softplus(x: Array) -> Array:
    """log(1 + e^x)."""
    out: Array = np.logaddexp(0.0, x)
    return out


def gelu(x: Array) -> Array:
    """x times the normal distribution function at x."""
    out: Array = 0.5 * x * (1.0 + _erf(x / np.sqrt(2.0)))
    return out


def gelu_tanh(x: Array) -> Array:
    """The usual approximation of gelu by tanh."""
    out: Array = 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)))
    return out


def hard_sigmoid(x: Array, alpha: float, beta: float) -> Array:
    """alpha x + beta between 0 and 1."""
    return np.clip(alpha * x + beta, 0.0, 1.0)


def hard_swish(x: Array) -> Array:
    """x times hard_sigmoid(x)."""
    out: Array = x * hard_sigmoid(x, 1.0 / 6.0, 0.5)
    return out


def leaky(x: Array, alpha: float) -> Array:
    """x, and alpha x below zero."""
    return np.where(x < 0, alpha * x, x)


def elu(x: Array, alpha: float, gain: float) -> Array:
    """gain x, and gain alpha (e^x - 1) below zero."""
    return gain * np.where(x < 0, alpha * np.expm1(np.minimum(x, 0.0)), x)


def celu(x: Array, alpha: float) -> Array:
    """x, and alpha (e^(x / alpha) - 1) below zero."""
    return np.where(x < 0, alpha * np.expm1(np.minimum(x, 0.0) / alpha), x)


def swish(x: Array, alpha: float) -> Array:
    """x times sigmoid(alpha x)."""
    out: Array = x * sigmoid(alpha * x)
    return out


def thresholded(x: Array, alpha: float) -> Array:
    """x above alpha, else zero."""
    return np.where(x > alpha, x, 0.0)


def shrink(x: Array, lambd: float, bias: float) -> Array:
    """x moved towards zero by the bias, and zero up to lambda."""
    return np.where(x < -lambd, x + bias, np.where(x > lambd, x - bias, 0.0))


PLAIN: dict[str, Function] = {
    "Abs": np.abs,
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Asin": np.arcsin,
    "Asinh": np.arcsinh,
    "Atan": np.arctan,
    "Atanh": np.arctanh,
    "Ceil": np.ceil,
    "Cos": np.cos,
    "Cosh": np.cosh,
    "Erf": _erf,
    "Exp": np.exp,
    "Floor": np.floor,
    "HardSwish": hard_swish,
    "Log": np.log,
    "Mish": lambda x: x * np.tanh(softplus(x)),
    "Reciprocal": lambda x: 1.0 / x,
    "Round": np.rint,
    "Sigmoid": sigmoid,
    "Sign": np.sign,
    "Sin": np.sin,
    "Sinh": np.sinh,
    "Softplus": softplus,
    "Softsign": lambda x: x / (1.0 + np.abs(x)),
    "Tan": np.tan,
    "Tanh": np.tanh,
    "com.microsoft.FastGelu": gelu_tanh,
    "com.microsoft.Gelu": gelu,
}
"""Functions without settings, by operator."""

SETTINGS: dict[str, tuple[Callable[..., Array], dict[str, float]]] = {
    "Celu": (celu, {"alpha": 1.0}),
    "Elu": (partial(elu, gain=1.0), {"alpha": 1.0}),
    "HardSigmoid": (hard_sigmoid, {"alpha": 0.2, "beta": 0.5}),
    "LeakyRelu": (leaky, {"alpha": 0.01}),
    "Selu": (
        lambda x, alpha, gamma: elu(x, alpha, gamma),
        {"alpha": 1.67326319217681884765625, "gamma": 1.05070102214813232421875},
    ),
    "Shrink": (shrink, {"lambd": 0.5, "bias": 0.0}),
    "Swish": (swish, {"alpha": 1.0}),
    "ThresholdedRelu": (thresholded, {"alpha": 1.0}),
    "com.microsoft.QuickGelu": (swish, {"alpha": 1.702}),
}
"""Functions with attributes, and those attributes' defaults, by operator."""


@family(*PLAIN)
def plain(node: OnnxNode, t: Translator) -> None:
    """A function without settings."""
    t.map(node, PLAIN[node.op_type])


@family(*SETTINGS)
def with_settings(node: OnnxNode, t: Translator) -> None:
    """A function with attributes."""
    function, defaults = SETTINGS[node.op_type]
    t.map(node, partial(function, **{name: float(node.attributes.get(name, d)) for name, d in defaults.items()}))


@family("Relu")
def relu(node: OnnxNode, t: Translator) -> None:
    """max(x, 0)."""
    t.map(node, Clamp(lo=0.0))


@family("Clip")
def clip(node: OnnxNode, t: Translator) -> None:
    """min(max(x, low), high), with constant bounds."""
    bounds = [t.required(node, k, "bounds") if node.input(k) else None for k in (1, 2)]
    lo, hi = (
        default if b is None else float(b.reshape(-1)[0]) for b, default in zip(bounds, (-np.inf, np.inf), strict=True)
    )
    t.map(node, Clamp(lo, hi))


@family("Gelu")
def gelu_of(node: OnnxNode, t: Translator) -> None:
    """Exact, or approximated by tanh."""
    t.map(node, gelu_tanh if node.attributes.get("approximate", "none") == "tanh" else gelu)


@family("Pow")
def power(node: OnnxNode, t: Translator) -> None:
    """x to a constant power."""
    exponent = t.required(node, 1, "exponents")
    if exponent.size != 1:
        raise Unsupported(node, "its exponents differ from entry to entry", "use one exponent")
    t.map(node, partial(_power, exponent=float(exponent.reshape(-1)[0])))


def _power(x: Array, exponent: float) -> Array:
    return np.power(x, exponent)
