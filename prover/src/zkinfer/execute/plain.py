"""The definition of every operator, as plain loops over positions: slow, short, and the oracle of the fast executor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zkinfer.execute.bounds import all_integers, as_int64, check_fits_int64
from zkinfer.execute.walk import walk
from zkinfer.graph.graph import (
    Array,
    Convolution,
    Flatten,
    FullyConnected,
    Graph,
    MaxPool,
    Normalize,
    Operator,
    Relu,
)
from zkinfer_verify.errors import InternalError


def execute(graph: Graph, x: npt.ArrayLike) -> dict[str, Array]:
    """Every tensor of the graph by name; integers are computed exactly, in int64."""
    return walk(graph, x, apply)


def apply(op: Operator, x: Array, where: str) -> Array:
    """One layer's output; `where` names the layer in errors."""
    match op:
        case Convolution():
            return convolution(x, op, where)
        case MaxPool():
            return max_pool(x, op)
        case Relu():
            return relu(x)
        case Flatten():
            return x.reshape(-1)
        case FullyConnected():
            return fully_connected(x, op, where)
        case Normalize():
            return normalize(x)
    raise InternalError(f"{where}: the plain executor does not know this operator.")


def convolution(x: Array, op: Convolution, where: str = "Convolution") -> Array:
    """out[i, j, o] = bias[o] + sum(window at (i, j) of o's group * kernel[o])."""
    if all_integers(x, op.kernel, op.bias):
        check_fits_int64(x, op.kernel, op.bias, where)
        x = as_int64(x, where)
    height, width, out_channels = op.output_shape(x.shape, where)
    _, kh, kw, channels = op.kernel.shape
    top, left, bottom, right = op.padding
    padded = np.pad(x, ((top, bottom), (left, right), (0, 0)))
    out = np.zeros((height, width, out_channels), dtype=result_type(x, op.kernel, op.bias))
    for i in range(height):
        for j in range(width):
            rows = slice(i * op.stride[0], i * op.stride[0] + op.dilation[0] * (kh - 1) + 1, op.dilation[0])
            columns = slice(j * op.stride[1], j * op.stride[1] + op.dilation[1] * (kw - 1) + 1, op.dilation[1])
            for o in range(out_channels):
                first = o // (out_channels // op.groups) * channels
                window = padded[rows, columns, first : first + channels]
                out[i, j, o] = np.sum(window * op.kernel[o])
    return out if op.bias is None else out + op.bias


def max_pool(x: Array, op: MaxPool) -> Array:
    """out[i, j, c] = the largest entry of channel c in the window at (i, j)."""
    h, w = op.window
    out = np.zeros((x.shape[0] // h, x.shape[1] // w, x.shape[2]), dtype=x.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.max(x[i * h : (i + 1) * h, j * w : (j + 1) * w], axis=(0, 1))
    return out


def relu(x: Array) -> Array:
    """out[i] = max(x[i], 0)."""
    return np.maximum(x, 0)


def fully_connected(x: Array, op: FullyConnected, where: str = "FullyConnected") -> Array:
    """out[o] = bias[o] + sum(weights[o] * x)."""
    if all_integers(x, op.weights, op.bias):
        check_fits_int64(x, op.weights, op.bias, where)
        x = as_int64(x, where)
    op.output_shape(x.shape, where)
    out = np.zeros(len(op.weights), dtype=result_type(x, op.weights, op.bias))
    for o, row in enumerate(op.weights):
        out[o] = np.sum(row * x)
    return out if op.bias is None else out + op.bias


def normalize(x: Array) -> Array:
    """out[i] = x[i] / sqrt(sum_j x[j]^2) in float64; a zero vector stays zero."""
    x = x.astype(np.float64)
    norm = np.sqrt(np.sum(np.square(x)))
    return x if norm == 0 else x / norm


def result_type(x: Array, weights: Array, bias: Array | None) -> np.dtype[np.generic]:
    """The type of a layer's sums: int64 if everything is an integer, otherwise NumPy's common type."""
    if all_integers(x, weights, bias):
        return np.dtype(np.int64)
    return np.result_type(x, weights, *(() if bias is None else (bias,)))
