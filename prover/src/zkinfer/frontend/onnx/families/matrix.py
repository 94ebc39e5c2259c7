"""Gemm and MatMul: with constant matrices, and of two activations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zkinfer.frontend.onnx.families.elementwise import add, scaled
from zkinfer.frontend.onnx.families.registry import family
from zkinfer.frontend.onnx.meaning import Fixed, Linear, Real
from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.frontend.onnx.narrow import factors
from zkinfer.frontend.onnx.translator import Translator
from zkinfer.graph.operator import Array
from zkinfer.network.einsum import Einsum
from zkinfer.network.rearrange import Reshape, Transpose

LETTERS = "abcdefghijklm"


@family("MatMul")
def matmul(node: OnnxNode, t: Translator) -> None:
    """The product of matrices, along axes in front of which are stretched."""
    left, right = t.constant(node, 0), t.constant(node, 1)
    shape = t.model.shape(node, node.outputs[0])
    if right is not None:
        linear = _by_constant(
            node, t, _row(node, t, t.real(node)), right[:, np.newaxis] if right.ndim == 1 else right, None
        )
    elif left is not None:
        linear = _constant_by(node, t, np.atleast_2d(left), _column(node, t, t.real(node, 1)))
    else:
        linear = _product(node, t, _row(node, t, t.real(node)), _column(node, t, t.real(node, 1)))
    # A vector is a matrix of one row or column, which the result does not have.
    t.give(node, linear if linear.shape == shape else replace(linear, shape=shape, after=(Reshape(shape),)))


def _row(node: OnnxNode, t: Translator, x: Real) -> Real:
    """Return a vector as a matrix of one row."""
    return t.with_op(node, Reshape((1, *x.shape)), x) if len(x.shape) == 1 else x


def _column(node: OnnxNode, t: Translator, x: Real) -> Real:
    """Return a vector as a matrix of one column."""
    return t.with_op(node, Reshape((*x.shape, 1)), x) if len(x.shape) == 1 else x


@family("Gemm")
def gemm(node: OnnxNode, t: Translator) -> None:
    """alpha A B + beta C, with A or B transposed; B, and C, constant or not."""
    alpha, beta = (float(node.attributes.get(name, 1.0)) for name in ("alpha", "beta"))
    trans_a, trans_b = (bool(node.attributes.get(name, 0)) for name in ("transA", "transB"))
    x, matrix, bias = t.real(node), t.constant(node, 1), t.constant(node, 2)
    if trans_a:
        x = t.with_op(node, Transpose((1, 0)), x)
    scaled_bias = None if bias is None else np.asarray(bias, dtype=np.float64) * beta
    if matrix is not None:
        own = matrix.astype(np.float64) * alpha
        product = _by_constant(node, t, x, own.T if trans_b else own, scaled_bias)
    else:
        y = t.real(node, 1)
        product = _product(node, t, x, t.with_op(node, Transpose((1, 0)), y) if trans_b else y, alpha)
    if not node.input(2) or (matrix is not None and bias is not None):
        t.give(node, product)
        return
    names = f"{node.name}/product", f"{node.name}/bias"
    t.meanings[names[0]] = product
    if scaled_bias is None:
        own_bias = t.real(node, 2)
        t.meanings[names[1]] = own_bias if beta == 1 else scaled(node, t, own_bias, np.array(beta))
    else:
        t.constants[names[1]] = scaled_bias
    add(OnnxNode(node.name, "Add", names, node.outputs), t)


def _by_constant(node: OnnxNode, t: Translator, x: Real, matrix: Array, bias: Array | None) -> Linear:
    """Return x times a constant matrix, of two axes or of as many as x."""
    rank = max(len(x.shape), matrix.ndim)
    if len(x.shape) < rank:
        x = t.with_op(node, Reshape((*(1,) * (rank - len(x.shape)), *x.shape)), x)
    batch = LETTERS[: rank - 2]
    own = [axis for axis in range(matrix.ndim - 2) if matrix.shape[axis] > 1]
    stretched = [axis for axis in own if x.shape[rank - matrix.ndim + axis] != matrix.shape[axis]]
    if stretched:
        raise Unsupported(node, "its input is stretched along the matrices' axes", "repeat the input's axes before it")
    kept = [batch[rank - matrix.ndim + axis] for axis in own]
    factor = matrix.astype(np.float64).reshape(*(matrix.shape[axis] for axis in own), *matrix.shape[-2:])
    labels, out = (f"{batch}yz", f"{''.join(kept)}zx"), f"{batch}yx"

    def operation(fixed: Fixed) -> Einsum:
        return Einsum(labels, out, fixed.integers(factor * x.scale), _bias(fixed, bias, rank))

    shape = (*x.shape[:-1], matrix.shape[-1])
    return Linear(node.name, shape, (factor * x.scale,), operation, (x.tensor,), () if bias is None else (bias,))


def _constant_by(node: OnnxNode, t: Translator, matrix: Array, x: Real) -> Linear:
    """Return a constant matrix times x."""
    if matrix.ndim != 2 or len(x.shape) < 2:
        raise Unsupported(node, "its constant factor does not have two axes", "reshape it to a matrix")
    batch = LETTERS[: len(x.shape) - 2]
    labels, out = (f"{batch}zx", "yz"), f"{batch}yx"
    factor = matrix.astype(np.float64) * x.scale
    shape = (*x.shape[:-2], len(matrix), x.shape[-1])
    return Linear(node.name, shape, (factor,), lambda fixed: Einsum(labels, out, fixed.integers(factor)), (x.tensor,))


def _product(node: OnnxNode, t: Translator, a: Real, b: Real, alpha: float = 1.0) -> Linear:
    """Return the product of two tensors that the network computes, times a number."""
    a, b = factors(node, t, a, b)
    rank = max(len(a.shape), len(b.shape))
    first, second = a.shape[:-2], b.shape[:-2]
    batch, names, out = [list[str](), list[str]()], iter(LETTERS), ""
    for axis in range(-rank + 2, 0):
        extents = [shape[axis] if -axis <= len(shape) else None for shape in (first, second)]
        same = extents[0] == extents[1]
        letters = [next(names)] if same else [next(names), next(names)]
        for side, extent in enumerate(extents):
            if extent is not None:
                batch[side].append(letters[0 if same else side])
        # Of axes that differ the longer one is kept; the other has extent 1, or is not there.
        longer = 0 if (extents[0] or 0) >= (extents[1] or 0) else 1
        out += letters[0 if same else longer]
    labels = (f"{''.join(batch[0])}yz", f"{''.join(batch[1])}zx")
    scale = alpha * a.scale * b.scale
    shape = (*np.broadcast_shapes(first, second), a.shape[-2], b.shape[-1])
    return Linear(
        node.name,
        shape,
        (np.array(scale),),
        lambda fixed: Einsum(labels, f"{out}yx", factor=fixed.integer(scale)),
        (a.tensor, b.tensor),
    )


def _bias(fixed: Fixed, bias: Array | None, rank: int) -> Array | None:
    """Return a bias as integers, of the result's rank."""
    return None if bias is None else fixed.integers(bias).reshape((1,) * (rank - bias.ndim) + bias.shape)
