"""The same results as the plain executor, quickly: matrix products over gathered windows.

Integers stay exact. Where no partial sum can leave int32, a convolution runs in our kernel: it gathers no windows and
wakes no threads beside the kernels' own. Where none can leave the integers that a float64 holds (2^53), matrix products
run in float64, exact in any order, and int64 comes back. Otherwise they run in int64.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from zkinfer.execute.bounds import FLOAT64_EXACT, INT32_EXACT, all_integers, as_int64, check_fits_int64
from zkinfer.execute.plain import normalize, relu, result_type
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
from zkinfer.kernels import native
from zkinfer_verify.errors import InternalError

CHUNK_ENTRIES = 1 << 19  # entries of a temporary: about what a core's cache holds, and far fewer than the weights


def execute(graph: Graph, x: npt.ArrayLike) -> dict[str, Array]:
    """Every tensor of the graph by name; integers are computed exactly and come back as int64."""
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
    raise InternalError(f"{where}: the fast executor does not know this operator.")


def convolution(x: Array, op: Convolution, where: str = "Convolution", norm: int | None = None) -> Array:
    """The convolution of x (H, W, C); exact int64 (H', W', out) if x, kernel and bias hold integers.

    norm: the largest L1 norm of an output's weights, of a caller who knows it.
    Errors: UsageError where shapes disagree or a sum can leave int64. Owner: the caller owns the result.
    """
    height, width, out_channels = op.output_shape(x.shape, where)
    kernel_shape = op.kernel.shape
    total, working = _types(x, op.kernel, op.bias, where, norm)
    out = np.empty((height, width, out_channels), dtype=total)
    top, left, bottom, right = op.padding
    padded = np.pad(x.astype(working), ((top, bottom), (left, right), (0, 0)))
    terms = int(np.prod(kernel_shape[1:]))
    rows = max(1, CHUNK_ENTRIES // (width * terms))
    for group in range(op.groups):
        outputs = slice(group * out_channels // op.groups, (group + 1) * out_channels // op.groups)
        channels = slice(group * kernel_shape[3], (group + 1) * kernel_shape[3])
        if working is np.int32:
            taken, kernel = np.ascontiguousarray(padded[:, :, channels]), op.kernel[outputs].astype(np.int32, order="C")
            out[:, :, outputs] = native.convolve(taken, kernel, op.stride, op.dilation)
            continue
        matrix = op.kernel[outputs].reshape(-1, terms).astype(working).T
        windows = _windows(padded[:, :, channels], op)
        for first in range(0, height, rows):
            patches = windows[first : min(first + rows, height)]
            # The assignment casts the exact float sums back to integers.
            out[first : first + rows, :, outputs] = (patches.reshape(-1, terms) @ matrix).reshape(
                len(patches), width, -1
            )
    if op.bias is not None:
        out += op.bias.astype(total)
    return out


def max_pool(x: Array, op: MaxPool) -> Array:
    """The largest entry of each window, in x's type."""
    h, w = op.window
    out = x[::h, ::w].copy()
    for a in range(h):
        for b in range(w):
            np.maximum(out, x[a::h, b::w], out=out)
    return out


def fully_connected(x: Array, op: FullyConnected, where: str = "FullyConnected", norm: int | None = None) -> Array:
    """weights @ x + bias; exact int64 (out,) if x, weights and bias hold integers.

    norm: the largest L1 norm of an output's weights, of a caller who knows it.
    Errors: UsageError where shapes disagree or a sum can leave int64.
    """
    op.output_shape(x.shape, where)
    total, _ = _types(x, op.weights, op.bias, where, norm)
    if all_integers(x, op.weights, op.bias):
        # A matrix times a vector waits for memory: the weights are read as they lie, and not copied to a wider type.
        weights = op.weights if op.weights.dtype.kind == "i" else as_int64(op.weights, where)
        out = native.matvec(np.ascontiguousarray(weights), np.ascontiguousarray(x, dtype=np.int64))
    else:
        out = np.empty(len(op.weights), dtype=total)
        rows = max(1, CHUNK_ENTRIES // x.size)
        for first in range(0, len(out), rows):
            out[first : first + rows] = op.weights[first : first + rows].astype(total, copy=False) @ x.astype(total)
    if op.bias is not None:
        out += op.bias.astype(total)
    return out


def _windows(x: Array, op: Convolution) -> Array:
    """A view (H', W', kh, kw, C) of the windows of a padded input, without copying."""
    _, kh, kw, _ = op.kernel.shape
    span = (op.dilation[0] * (kh - 1) + 1, op.dilation[1] * (kw - 1) + 1)
    view = sliding_window_view(x, span, axis=(0, 1))
    view = view[:: op.stride[0], :: op.stride[1], :, :: op.dilation[0], :: op.dilation[1]]
    return view.transpose(0, 1, 3, 4, 2)


def _types(
    x: Array, weights: Array, bias: Array | None, where: str, norm: int | None
) -> tuple[np.dtype[np.generic], npt.DTypeLike]:
    """The type of the result, and the type in which to multiply."""
    total = result_type(x, weights, bias)
    if not all_integers(x, weights, bias):
        return total, total
    as_int64(x, where)
    bound = check_fits_int64(x, weights, bias, where, norm)
    if bound < INT32_EXACT:
        return total, np.int32
    return total, np.float64 if bound < FLOAT64_EXACT else np.int64
