"""What linear operators share: the range of a sum of products, and the contraction that closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels import native
from zkinfer.program.builder import Builder
from zkinfer.program.values import Pending
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Contraction, Form, Term


@dataclass(frozen=True)
class RowSums:
    """Of each output's weights: the sum of the positive ones, that of the negative ones' magnitudes, and its bias.

    lo, hi: the smallest and the largest weight of all.
    """

    plus: tuple[int, ...]
    minus: tuple[int, ...]
    bias: tuple[int, ...]
    lo: int
    hi: int

    @cached_property
    def norm(self) -> int:
        """The largest L1 norm of an output's weights."""
        return max(p + m for p, m in zip(self.plus, self.minus, strict=True))

    def ranges(self, lo: int, hi: int) -> tuple[int, int, int]:
        """Return (lo, hi, drop) of the outputs for inputs in lo .. hi; drop: the largest max(hi_o, 0) - lo_o."""
        rows = list(zip(self.plus, self.minus, self.bias, strict=True))
        lows = [plus * lo - minus * hi + bias for plus, minus, bias in rows]
        highs = [plus * hi - minus * lo + bias for plus, minus, bias in rows]
        return min(lows), max(highs), max(max(high, 0) - low for low, high in zip(lows, highs, strict=True))


def row_sums(weights: NDArray[np.integer[Any]], bias: NDArray[np.integer[Any]] | None) -> RowSums:
    """Sum the weights of each output, exactly; weights: (out, ...)."""
    rows = np.ascontiguousarray(weights.reshape(weights.shape[0], -1))
    positive = np.maximum(rows, 0)
    # Sums of machine integers wrap where int64 ends, and a norm that wrapped would make a false bound hold.
    lo, hi = int(rows.min()), int(rows.max())
    if max(abs(lo), abs(hi)) * rows.shape[1] < 2**63:
        ones = np.ones(rows.shape[1], dtype=np.int64)
        plus, totals = (native.matvec(matrix, ones).tolist() for matrix in (positive, rows))
    else:
        plus, totals = ([sum(map(int, row)) for row in matrix] for matrix in (positive, rows))
    biases = [0] * len(rows) if bias is None else [int(value) for value in bias]
    minus = [p - total for p, total in zip(plus, totals, strict=True)]
    return RowSums(tuple(plus), tuple(minus), tuple(biases), lo, hi)


def close_pending(
    builder: Builder, pending: Pending, terms: Sequence[Term], constant: int, window: tuple[int, int] | None
) -> None:
    """Add the contraction of a pending sum, once its output is a form.

        terms + constant - bias = sum of products

    terms: over (position, channel), or (position, window row, window column, channel) with a window; images that lie
    apart have an axis in front.
    """
    *leading, channels = pending.layout.pooled(window).dims
    dims = (*leading, *(window or ()), channels)
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
