"""Functions on codes: what an operation between quantised tensors does to an integer, as a table that saturates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkinfer.graph.operator import Array
from zkinfer.network.operation import Integers


@dataclass(frozen=True, eq=False)
class Codes:
    """f(v) = values[min(max(v, lo), hi) - lo]; without values the clamped integer itself."""

    lo: int
    hi: int
    values: Array | None = None

    def __call__(self, argument: Integers) -> Integers:
        """Apply the function entry by entry."""
        inside = np.clip(argument, self.lo, self.hi)
        return inside if self.values is None else self.values.astype(np.int64)[inside - self.lo]

    def over(self, lo: int, hi: int) -> Integers:
        """Return its values at lo .. hi."""
        return self(np.arange(lo, hi + 1, dtype=np.int64))

    def range(self, lo: int, hi: int) -> tuple[int, int]:
        """Return the smallest and the largest value at lo .. hi."""
        first, last = min(max(lo, self.lo), self.hi), min(max(hi, self.lo), self.hi)
        reached = np.array([first, last]) if self.values is None else self.values[first - self.lo : last - self.lo + 1]
        return int(reached.min()), int(reached.max())
