"""How large an integer layer's sums can get, so that the arithmetic chosen for them is exact."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from zkinfer.graph.graph import Array
from zkinfer_verify.errors import UsageError

INT32_EXACT = 1 << 31
FLOAT32_EXACT = 1 << 24  # every integer up to here is a float32, so sums that stay under it are exact
FLOAT64_EXACT = 1 << 53
INT64_EXACT = 1 << 63
FEW_WEIGHTS = 1 << 17  # whose norm costs next to nothing, and may allow the narrower and quicker float32


def peak(array: Array) -> int:
    """The largest absolute value of an integer array, as a Python integer; 0 if it is empty."""
    if array.size == 0:
        return 0
    return max(int(array.max()), -int(array.min()))


def sum_bound(x: Array, weights: Array) -> int:
    """A bound on |sum_i weights[o, ..i..] * x[..i..]| over o and over every partial sum, in any order.

    Tries terms * peak * peak, which is quick, and where that is too coarse to be of use the largest L1 norm over o:

        bound = max_o sum_i |weights[o, i]| * max_i |x[i]|
    """
    terms = weights.size // len(weights)
    coarse = terms * peak(weights) * peak(x)
    if coarse < FLOAT32_EXACT or (coarse < FLOAT64_EXACT and weights.size > FEW_WEIGHTS):
        return coarse
    flat = np.asarray(weights).reshape(len(weights), terms)
    rows = max(1, FEW_WEIGHTS // terms)
    blocks = (flat[first : first + rows].astype(np.float64) for first in range(0, len(flat), rows))
    norm = max(float(np.abs(block).sum(axis=1).max()) for block in blocks)
    # The norm is a float64 sum: one part in 2^20 covers its rounding, the one covers the cut.
    return min(coarse, (math.floor(norm * (1 + 2.0**-20)) + 1) * peak(x))


def check_fits_int64(x: Array, weights: Array, bias: Array | None, where: str, norm: int | None = None) -> int:
    """The bound of a layer's sums without the bias, or a UsageError if they can leave int64.

    norm: the largest L1 norm of an output's weights, of a caller who knows it.
    """
    bound = sum_bound(x, weights) if norm is None else norm * peak(x)
    total = bound + (0 if bias is None else peak(bias))
    if total >= INT64_EXACT:
        raise UsageError(
            f"{where}: its sums can take {total.bit_length() + 1} bits and 64 are exact; use smaller weights or inputs."
        )
    return bound


def as_int64(array: Array, where: str) -> npt.NDArray[np.int64]:
    """The same integers as int64, or a UsageError if one does not fit."""
    if array.dtype == np.uint64 and peak(array) >= INT64_EXACT:
        raise UsageError(f"{where}: an unsigned entry does not fit int64; use smaller integers.")
    return array.astype(np.int64, copy=False)


def all_integers(*arrays: Array | None) -> bool:
    """Whether every array given holds an integer type."""
    return all(array is None or array.dtype.kind in "iu" for array in arrays)
