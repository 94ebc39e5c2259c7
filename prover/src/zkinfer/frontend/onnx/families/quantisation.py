"""QuantizeLinear and DequantizeLinear: where real numbers get their integers, and integers their meaning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.codes import whole_numbers
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.integer_inputs import CODES, INTEGERS
from zkinfer.frontend.onnx.meaning import Input, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import QUANTISE, Translator
from zkinfer.graph.operator import Shape


@family("QuantizeLinear")
def quantize(node: OnnxNode, t: Translator) -> None:
    """codes = saturate(round(x / scale) + zero_point); the integers are the codes less the zero point."""
    scale, zero_point = _parameters(node, t)
    kind = t.model.type(node, node.outputs[0])
    if kind not in CODES:
        raise Unsupported(node, f"it quantises to {kind}", f"quantise to one of {', '.join(CODES)}")
    limits = np.iinfo(kind)
    lo, hi = int(limits.min) - zero_point, int(limits.max) - zero_point
    meaning = t.meaning(node)
    if isinstance(meaning, Input):
        real = t.input_port(meaning, scale, zero_point, lo, hi, quantised=True)
    else:
        real = t.quantised(node, meaning, scale, lo, hi)
    t.give(node, replace(real, zero_point=zero_point))


@family("DequantizeLinear")
def dequantize(node: OnnxNode, t: Translator) -> None:
    """x = scale * (code - zero_point); of a constant the real numbers themselves."""
    codes = t.constant(node, 0)
    if codes is not None:
        t.fold(node, _dequantized(node, t, codes))
        return
    scale, zero_point = _parameters(node, t)
    meaning = t.meaning(node)
    if isinstance(meaning, Input):
        if meaning.kind not in CODES:
            raise Unsupported(node, f"the codes that it reads are {meaning.kind}", f"use one of {', '.join(CODES)}")
        lo, hi = (bound - zero_point for bound in t.model.ranges[meaning.name])
        meaning = t.input_port(meaning, scale, zero_point, lo, hi, quantised=False)
    if not isinstance(meaning, Real) or (meaning.scale, meaning.zero_point) != (scale, zero_point):
        # Integers that were computed, or codes that were made for another scale.
        kind = t.model.type(node, node.inputs[0])
        if kind not in INTEGERS:
            raise Unsupported(node, f"it reads numbers of the type {kind}", QUANTISE)
        integers = whole_numbers(node, t, 0, zero_point)
        own = integers if isinstance(integers, Real) else t.held(node, integers)
        meaning = replace(own, scale=scale * own.scale)
    t.give(node, meaning)


def _parameters(node: OnnxNode, t: Translator) -> tuple[float, int]:
    """Return the scale and zero point of a whole tensor.

    Errors: Unsupported for those of an axis, and for scales that are no positive numbers.
    """
    scale = t.required(node, 1, "scales")
    zero_point = t.constant(node, 2)
    if scale.size != 1 or (zero_point is not None and zero_point.size != 1):
        raise Unsupported(node, "activations have a scale for each channel", "quantise activations per tensor")
    value = float(scale.reshape(-1)[0])
    if not (np.isfinite(value) and value > 0):
        raise Unsupported(
            node,
            f"its scale is {value}, as of a mask of infinities",
            "quantise the float model by zkinfer quantize, which bounds masks",
        )
    return value, 0 if zero_point is None else int(zero_point.reshape(-1)[0])


def _dequantized(node: OnnxNode, t: Translator, codes: np.ndarray) -> np.ndarray:
    """Return a constant's real numbers; its scales may be of an axis, or of blocks along one."""
    scale = t.required(node, 1, "scales").astype(np.float64)
    zero_point = t.constant(node, 2)
    offset = np.zeros_like(scale) if zero_point is None else zero_point.astype(np.float64)
    try:
        scale, offset = (_spread(part, codes.shape, node) for part in (scale, offset))
        with np.errstate(all="ignore"):  # what runtimes hold in float32 may be infinite there
            real: np.ndarray = scale * (codes.astype(np.float64) - offset)
            real = np.where(np.isinf(real.astype(np.float32)), np.copysign(np.inf, real), real)
    except (IndexError, ValueError, ZeroDivisionError):  # of numpy, for shapes that do not fit
        raise Unsupported(node, "its scales and zero points do not fit its codes", "quantise again") from None
    if real.shape != codes.shape:
        raise Unsupported(node, "its scales and zero points do not fit its codes", "quantise again")
    return real


def _spread(part: np.ndarray, shape: Shape, node: OnnxNode) -> np.ndarray:
    """Return scales or zero points in a shape that goes with that of the codes."""
    axis = int(node.attributes.get("axis", 1))
    if part.size == 1:
        return part.reshape(())
    if part.ndim == 1:
        along = [1] * len(shape)
        along[axis] = part.size
        return part.reshape(along)
    block = int(node.attributes.get("block_size", 0)) or shape[axis] // part.shape[axis]
    return np.repeat(part, block, axis=axis).take(range(shape[axis]), axis)
