"""What linear operators share: the range of a sum of products, and turning it into a contraction once its output is known."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.builder import Builder
from zkinfer.program.values import Pending
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Contraction, Form, Term


def sum_ranges(
    weights: NDArray[np.integer], bias: NDArray[np.integer] | None, lo: int, hi: int
) -> tuple[int, int, int, int]:
    """Return (lo, hi, drop, norm) of out = weights @ x + bias for lo <= x <= hi.

    weights: (out, terms). drop: the largest max(hi_o, 0) - lo_o of one output; norm: the largest L1 norm of a row.
    """
    rows = weights.reshape(weights.shape[0], -1)
    lows, highs, norms = [], [], []
    for index, row in enumerate(rows):
        plus = int(row.clip(min=0).sum(dtype=np.int64))
        minus = plus - int(row.sum(dtype=np.int64))
        offset = 0 if bias is None else int(bias[index])
        lows.append(plus * lo - minus * hi + offset)
        highs.append(plus * hi - minus * lo + offset)
        norms.append(plus + minus)
    drop = max(max(high, 0) - low for low, high in zip(lows, highs, strict=True))
    return min(lows), max(highs), drop, max(norms)


def close_pending(
    builder: Builder, pending: Pending, terms: Sequence[Term], constant: int, window: tuple[int, int] | None
) -> None:
    """Add the contraction of a pending sum, once its output is a form.

        terms + constant - bias = sum of products

    terms: over (position, channel), or (position, window row, window column, channel) with a window.
    """
    layout = pending.layout
    dims: tuple[int, ...] = layout.dims
    if window is not None and layout.grid is not None:
        grid = (layout.grid[0] // window[0], layout.grid[1] // window[1])
        dims = (grid[0] * grid[1], *window, layout.channels)
    form = Form(dims, (*terms, *bias_terms(pending, len(dims))), constant)
    extents, out_access, left_access, right_access = pending.operator.accesses(window)
    operator = pending.operator
    relation = Contraction(
        extents, form, out_access, operator.left, left_access, operator.right, right_access, pending.norm
    )
    builder.contractions.append((pending.name, relation))


def bias_terms(pending: Pending, num_axes: int) -> tuple[Term, ...]:
    """Return -bias, constant over all axes but the channels."""
    if pending.bias is None:
        return ()
    return (Term(-1, pending.bias, (BROADCAST,) * (num_axes - 1) + (ALONG,)),)
