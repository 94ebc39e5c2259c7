"""Exact integer sums of products, as fast matrix products where no partial sum can leave a float's integers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from zkinfer.execute.bounds import FLOAT32_EXACT, FLOAT64_EXACT, peak
from zkinfer.graph.operator import Array
from zkinfer.network.operation import Integers


def exact_einsum(labels: Sequence[str], out: str, factors: Sequence[Array]) -> Integers:
    """Return the sum of products over the labels that are not kept, as int64; bounds are the caller's to check."""
    extents = {
        label: n
        for own, factor in zip(labels, factors, strict=True)
        for label, n in zip(own, factor.shape, strict=True)
    }
    count = prod(extent for label, extent in extents.items() if label not in out)
    kind = working_type(count * prod(peak(factor) for factor in factors))
    subscripts = f"{','.join(labels)}->{out}"
    result = np.einsum(subscripts, *(factor.astype(kind) for factor in factors), optimize=len(factors) > 1)
    return np.asarray(result).astype(np.int64)


def working_type(bound: int) -> npt.DTypeLike:
    """Return the fastest type in which sums up to `bound` are exact in any order."""
    if bound < FLOAT32_EXACT:
        return np.float32
    return np.float64 if bound < FLOAT64_EXACT else np.int64
