"""Cast, MatMulInteger and ConvInteger: tensors of whole numbers, which mean themselves.

Integers are real numbers of scale 1. Codes enter as what they are, or less the zero point that the operator takes off.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.codes import is_whole, whole_numbers
from zkinfer.frontend.onnx.families.comparison import compared
from zkinfer.frontend.onnx.families.convolution import conv
from zkinfer.frontend.onnx.families.matrix import matmul
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.integer_inputs import INTEGERS
from zkinfer.frontend.onnx.meaning import Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.translator import Translator


@family("Cast")
def cast(node: OnnxNode, t: Translator) -> None:
    """The same whole numbers in another type; fractions are not cut off, and nothing wraps around.

    A truth value is whether a number is not zero.
    """
    source, target = (t.model.type(node, name) for name in (node.inputs[0], node.outputs[0]))
    if target not in INTEGERS and not target.startswith("float"):
        raise Unsupported(node, f"it casts to {target}", "cast to integers or floats")
    meaning = whole_numbers(node, t, 0) if source in INTEGERS else t.meaning(node)
    if target == "bool":
        t.meanings[node.inputs[0]] = meaning
        compared(node, t, 0, "NotEqual", np.array(0.0))
        return
    if target in INTEGERS and not is_whole(meaning):
        raise Unsupported(node, "it cuts fractions off", "cast whole numbers only, or quantise by QuantizeLinear")
    # Real numbers that were codes have no zero point when they are integers.
    t.give(node, replace(meaning, zero_point=0) if isinstance(meaning, Real) else meaning)


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
    t.meanings[name] = whole_numbers(node, t, index, int(zero.reshape(-1)[0]))
    return name
