"""Cast, MatMulInteger and ConvInteger: tensors of whole numbers, which mean themselves.

Integers are real numbers of scale 1. Codes enter as what they are, or less the zero point that the operator takes off.
"""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.families.convolution import conv
from zkinfer.frontend.onnx.families.elementwise import scaled
from zkinfer.frontend.onnx.families.matrix import matmul
from zkinfer.frontend.onnx.families.quantisation import TYPES
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Input, Linear, Meaning, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator

INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


@family("Cast")
def cast(node: OnnxNode, t: Translator) -> None:
    """The same whole numbers in another type; fractions are not cut off, and nothing wraps around."""
    source, target = (t.model.type(node, name) for name in (node.inputs[0], node.outputs[0]))
    if target not in INTEGERS and not target.startswith("float"):
        raise Unsupported(node, f"it casts to {target}", "cast to integers or floats")
    meaning = _numbers(node, t, 0, 0) if source in INTEGERS else t.meaning(node)
    if target in INTEGERS and not _is_whole(meaning):
        raise Unsupported(node, "it cuts fractions off", "cast whole numbers only, or quantise by QuantizeLinear")
    t.give(node, meaning)


@family("MatMulInteger")
def matmul_integer(node: OnnxNode, t: Translator) -> None:
    """The product of A and B, each less its zero point."""
    inputs = _operand(node, t, 0, (-1, 1)), _operand(node, t, 1, (-1,))
    matmul(OnnxNode(node.name, "MatMul", inputs, node.outputs), t)


@family("ConvInteger")
def conv_integer(node: OnnxNode, t: Translator) -> None:
    """The convolution of x and the kernels, each less its zero point; what is around x is zero."""
    rank = len(t.model.shape(node, node.inputs[0]))
    inputs = _operand(node, t, 0, (-1,)), _operand(node, t, 1, (-1, *(1,) * (rank - 1)))
    conv(OnnxNode(node.name, "Conv", inputs, node.outputs, node.attributes), t)


def _operand(node: OnnxNode, t: Translator, index: int, along: tuple[int, ...]) -> str:
    """Name an input less its zero point, input index + 2; along: the shape of zero points of rows or channels."""
    name = f"{node.name}/operand{index}"
    zero = t.required(node, index + 2, "zero points") if node.input(index + 2) else np.zeros(1)
    codes = t.constant(node, index)
    if codes is not None:
        t.constants[name] = codes.astype(np.float64) - (zero.reshape(along) if zero.size > 1 else zero.reshape(()))
        return name
    if zero.size != 1:
        raise Unsupported(node, "activations have several zero points", "use one zero point for a tensor")
    t.meanings[name] = _numbers(node, t, index, int(zero.reshape(-1)[0]))
    return name


def _numbers(node: OnnxNode, t: Translator, index: int, zero: int) -> Meaning:
    """Return an input's integers less `zero`."""
    meaning = t.meaning(node, index)
    if isinstance(meaning, Input):
        if meaning.kind not in TYPES:
            raise Unsupported(node, f"the integers that it reads are {meaning.kind}", f"use one of {', '.join(TYPES)}")
        limits = np.iinfo(meaning.kind)
        lo, hi = int(limits.min) - zero, int(limits.max) - zero
        meaning = t.input_port(meaning, 1.0, zero, lo, hi, quantised=False)
    offset = -zero
    if isinstance(meaning, Real):
        offset += meaning.zero_point
        meaning = t.as_real(meaning.tensor, 1.0)
    if offset == 0:
        return meaning
    own = meaning if isinstance(meaning, Real) else t.held(node, meaning)
    return scaled(node, t, own, np.array(1.0), np.full((1,) * len(own.shape), float(offset)))


def _is_whole(meaning: Meaning) -> bool:
    """Whether real numbers can be seen to be whole."""
    if isinstance(meaning, Linear):
        unit = meaning.whole()
        return unit is not None and unit.scale == 1 and not meaning.functions
    return isinstance(meaning, Real) and meaning.scale == 1
