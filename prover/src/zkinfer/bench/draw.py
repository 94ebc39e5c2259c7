"""Weights and inputs from a seed, for everybody the same: words of splitmix64, whose values are nobody's secret.

A peer in another language draws the same with ten lines (benches/peers/plonky2/src/draw.rs).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkinfer_verify.errors import UsageError

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MAX_COEFFICIENT_BITS = 30
MAX_INPUT_BITS = 32


class Draw:
    """The sequence of 32-bit integers of a seed: the upper halves of splitmix64's words."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = np.uint64(seed)
        self.drawn = 0

    def integers(self, *shape: int) -> NDArray[np.int64]:
        """The next integers of the sequence, in -2^31 .. 2^31 - 1."""
        count = int(np.prod(shape))
        index = np.arange(self.drawn + 1, self.drawn + count + 1, dtype=np.uint64)
        self.drawn += count
        word = index * GOLDEN + self.seed  # arrays of uint64 wrap
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        word ^= word >> np.uint64(31)
        return (word >> np.uint64(32)).astype(np.uint32).view(np.int32).astype(np.int64).reshape(shape)

    def coefficients(self, bits: int, *shape: int) -> NDArray[np.int64]:
        """Weights of `bits` bits and a sign: remainders with the sign of the integer, as the original takes them."""
        if not 1 <= bits <= MAX_COEFFICIENT_BITS:
            raise UsageError(f"Coefficients have 1 to {MAX_COEFFICIENT_BITS} bits, not {bits}.")
        return np.fmod(self.integers(*shape), 1 << bits)

    def inputs(self, bits: int, *shape: int) -> NDArray[np.int64]:
        """Inputs of `bits` bits, the sign among them."""
        if not 1 <= bits <= MAX_INPUT_BITS:
            raise UsageError(f"Inputs have 1 to {MAX_INPUT_BITS} bits, not {bits}.")
        return self.integers(*shape) >> (32 - bits)


def input_range(bits: int) -> str:
    """The range of inputs of `bits` bits, as `--input-range` takes it."""
    return f"{-(1 << (bits - 1))}..{(1 << (bits - 1)) - 1}"
