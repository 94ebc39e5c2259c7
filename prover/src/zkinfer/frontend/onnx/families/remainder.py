"""Mod, and Div of integers, by a constant number: tables of what is divided."""

from __future__ import annotations

from functools import partial

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array


@family("Mod")
def mod(node: OnnxNode, t: Translator) -> None:
    """What a division by a number leaves: of the divisor's sign, or by `fmod` of the dividend's."""
    divisor = _number(node, t)
    t.map(node, partial(_truncated if node.attributes.get("fmod", 0) else _floored, divisor=divisor))


def whole_quotient(node: OnnxNode, t: Translator) -> None:
    """Give a quotient of integers, whose fraction is cut off."""
    t.map(node, partial(_quotient, divisor=_number(node, t)))


def _number(node: OnnxNode, t: Translator) -> float:
    divisor = t.required(node, 1, "divisors")
    if divisor.size != 1 or not divisor.any():
        raise Unsupported(node, "its divisor is zero, or several numbers", "divide by one number")
    return float(divisor.reshape(-1)[0])


def _floored(x: Array, divisor: float) -> Array:
    out: Array = np.mod(x, divisor)
    return out


def _truncated(x: Array, divisor: float) -> Array:
    out: Array = np.fmod(x, divisor)
    return out


def _quotient(x: Array, divisor: float) -> Array:
    out: Array = np.trunc(x / divisor)
    return out
