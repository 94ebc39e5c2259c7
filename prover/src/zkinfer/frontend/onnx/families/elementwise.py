"""Add, Sub, Mul, BatchNormalization: of two activations, and with constants."""

from __future__ import annotations

from typing import cast

import numpy as np

from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Chosen, Fixed, Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import addends, factors, narrow
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum, stretched
from zkinfer.network.rearrange import Reshape
from zkinfer.network.rounded import Rounded

FLOATING_BITS, ROUNDED_BITS = 20, 40
"""Of what is multiplied by one over a root, and of the product."""


@family("Add", "Sum")
def add(node: OnnxNode, t: Translator) -> None:
    """Sums of activations and constants, each with its own scale."""
    _sum(node, t, [1.0] * len(node.inputs))


@family("Mean")
def mean(node: OnnxNode, t: Translator) -> None:
    """Means of several tensors, entry by entry."""
    _sum(node, t, [1.0 / len(node.inputs)] * len(node.inputs))


@family("Sub")
def sub(node: OnnxNode, t: Translator) -> None:
    """Differences."""
    _sum(node, t, [1.0, -1.0])


@family("Neg")
def neg(node: OnnxNode, t: Translator) -> None:
    """The other sign."""
    _sum(node, t, [-1.0])


@family("Mul")
def mul(node: OnnxNode, t: Translator) -> None:
    """Products, entry by entry."""
    constants = [t.constant(node, index) for index in (0, 1)]
    if constants[1] is not None:
        t.give(node, scaled(node, t, t.real(node), constants[1]))
    elif constants[0] is not None:
        t.give(node, scaled(node, t, t.real(node, 1), constants[0]))
    else:
        t.give(node, product(node, t, t.real(node), t.real(node, 1)))


@family("BatchNormalization")
def batch_normalization(node: OnnxNode, t: Translator) -> None:
    """gain * (x - mean) / sqrt(variance + epsilon) + bias, with the statistics of the training."""
    if node.attributes.get("training_mode", 0):
        raise Unsupported(
            node, "it computes as in training", "export the model for inference, by model.eval() in PyTorch"
        )
    gain, bias, mean, variance = (
        t.required(node, index, what).astype(np.float64)
        for index, what in ((1, "gains"), (2, "biases"), (3, "means"), (4, "variances"))
    )
    x = t.real(node)
    factor = gain / np.sqrt(variance + float(node.attributes.get("epsilon", 1e-5)))
    channels = (1, -1, *(1 for _ in x.shape[2:]))
    t.give(node, scaled(node, t, x, factor.reshape(channels), (bias - mean * factor).reshape(channels)))


def _sum(node: OnnxNode, t: Translator, signs: list[float]) -> None:
    """Give the sum of the inputs times their signs."""
    reals = list[Real]()
    constant: Array | None = None
    own_signs = list[float]()
    rank = len(t.model.shape(node, node.outputs[0]))
    for index, sign in enumerate(signs):
        array = t.constant(node, index)
        if array is None:
            reals.append(t.real(node, index))
            own_signs.append(sign)
        else:
            own = sign * array.astype(np.float64).reshape((1,) * (rank - array.ndim) + array.shape)
            constant = own if constant is None else constant + own
    bias = None if constant is None else np.where(np.isinf(constant), 0.0, constant)
    # A factor is as fine as the largest one allows: of a wide tensor with a small scale nothing would be left.
    reals = [ranked(node, t, real, rank) for real in addends(node, t, reals)]
    scales = [sign * real.scale for sign, real in zip(own_signs, reals, strict=True)]

    def operation(fixed: Fixed) -> Combine:
        return Combine(tuple(map(fixed.integer, scales)), None if bias is None else fixed.integers(bias))

    shape, offsets = t.model.shape(node, node.outputs[0]), () if bias is None else (bias,)
    total = Linear(node.name, shape, (np.array(scales),), operation, names(reals), offsets)
    if constant is None or not np.isinf(constant).any():
        t.give(node, total)
        return
    # What is added to an infinity is infinite: it saturates, whatever the scale.
    infinite = np.isinf(constant)
    t.give(node, Chosen(node.name, shape, 0, (np.where(infinite, constant, 0.0), total), condition=infinite))


def names(reals: list[Real]) -> tuple[str, ...]:
    """Return the tensors of real numbers."""
    return tuple(real.tensor for real in reals)


def ranked(node: OnnxNode, t: Translator, x: Real, rank: int) -> Real:
    """Return x with axes of extent 1 in front, so that it has `rank` axes."""
    if len(x.shape) == rank:
        return x
    return t.with_op(node, Reshape((*(1,) * (rank - len(x.shape)), *x.shape)), x)


def scaled(node: OnnxNode, t: Translator, x: Real, factor: Array, bias: Array | None = None) -> Linear:
    """Return factor * x + bias, with constants stretched over x, or a single number."""
    if not np.isfinite(factor).all():
        raise Unsupported(node, "its factor is infinite, and so no number where x is 0", "bound it in the float model")
    offsets = () if bias is None else (bias,)
    if factor.size == 1:
        number = x.scale * float(factor.reshape(-1)[0])
        shape = np.broadcast_shapes(x.shape, factor.shape)
        one = ranked(node, t, x, len(shape))

        def combined(fixed: Fixed) -> Combine:
            return Combine((fixed.integer(number),), None if bias is None else fixed.integers(bias))

        return Linear(node.name, shape, (np.array(number),), combined, (one.tensor,), offsets)
    rank = max(len(x.shape), factor.ndim)
    x = ranked(node, t, x, rank)
    own = factor.reshape((1,) * (rank - factor.ndim) + factor.shape)
    labels, out = stretched(x.shape, own.shape)
    kept = [axis for axis in range(rank) if own.shape[axis] > 1]
    real = own.astype(np.float64).reshape([own.shape[axis] for axis in kept]) * x.scale
    labels = labels[0], "".join(labels[1][axis] for axis in kept)

    def operation(fixed: Fixed) -> Einsum:
        return Einsum(labels, out, fixed.integers(real), None if bias is None else fixed.integers(bias))

    return Linear(node.name, np.broadcast_shapes(x.shape, own.shape), (real,), operation, (x.tensor,), offsets)


def product(node: OnnxNode, t: Translator, a: Real, b: Real) -> Linear:
    """Return a * b, entry by entry, axes of extent 1 stretched."""
    if t.floating & {a.tensor, b.tensor}:
        return t.linear_of(_by_inverse(node, t, *((b, a) if a.tensor in t.floating else (a, b))))
    rank = max(len(a.shape), len(b.shape))
    a, b = (ranked(node, t, x, rank) for x in factors(node, t, a, b))
    labels, out = stretched(a.shape, b.shape)
    scale = a.scale * b.scale
    return Linear(
        node.name,
        cast("tuple[int, ...]", np.broadcast_shapes(a.shape, b.shape)),
        (np.array(scale),),
        lambda fixed: Einsum(labels, out, factor=fixed.integer(scale), square=a.tensor == b.tensor and scale > 0),
        (a.tensor, b.tensor),
    )


def _by_inverse(node: OnnxNode, t: Translator, x: Real, inverse: Real) -> Real:
    """Return x times one over a root, which has all of its bits where it is small: the product keeps most of them."""
    rank = max(len(x.shape), len(inverse.shape))
    x, inverse = (ranked(node, t, one, rank) for one in (narrow(node, t, x, FLOATING_BITS), inverse))
    entries = t.add(f"{node.name}/product", Einsum(*stretched(x.shape, inverse.shape)), [x.tensor, inverse.tensor])
    peak, scale = t.specs[entries].peak, x.scale * inverse.scale
    shift = peak.bit_length() - ROUNDED_BITS
    if shift < 1:
        return t.as_real(entries, scale)
    return t.as_real(t.add(f"{node.name}/rounded", Rounded(shift, (peak >> shift) + 1), [entries]), scale * 2.0**shift)
