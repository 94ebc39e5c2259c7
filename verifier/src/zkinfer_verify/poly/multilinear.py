"""Multilinear extensions of integer tensors whose inner axes are zero-extended to powers of two."""

from collections.abc import Sequence
from itertools import product
from math import prod

from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly.eq import eq_table, num_bits


def axis_points(dims: Sequence[int], point: Sequence[Ext]) -> list[list[Ext]]:
    """Cut a point over a tensor's variables into one point an axis; axis a has num_bits(dims[a]) variables."""
    out, start = [], 0
    for dim in dims:
        out.append(list(point[start : start + num_bits(dim)]))
        start += num_bits(dim)
    return out


def evaluate_tensor(values: Sequence[int], dims: Sequence[int], point: Sequence[Ext]) -> Ext:
    """Evaluate the extension of a row-major tensor of integers at a point.

        sum over real indices i of values[i] * prod_a eq(point_a, i_a)

    Shapes: values prod(dims), point sum of num_bits(dims).
    """
    if len(values) != prod(dims):
        raise ValueError(f"{len(values)} values do not fill a tensor of {prod(dims)}")
    tables = [eq_table(axis)[:dim] for axis, dim in zip(axis_points(dims, point), dims, strict=True)]
    out = ZERO
    for value, factors in zip(values, product(*tables), strict=True):
        weight = ONE
        for factor in factors:
            weight = weight * factor
        out = out + weight * value
    return out
