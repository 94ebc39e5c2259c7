"""Statistics of words that should be uniform: each is a standard normal deviate, so one threshold serves them all.

A family of tests has one error: ERROR is the probability that anything at all in it is called surprising by chance.
Words below p instead of 2^64 change a byte's distribution by less than 2^-31, which no sample here can see.
"""

from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from tests.zero_knowledge.views import Words

ERROR = 1e-6


def of_chi_square(value: float, freedom: int) -> float:
    """Turn a chi-square value into a deviate (Wilson and Hilferty)."""
    return ((value / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom))


def bins(count: int) -> int:
    """Return how many bins this many values may fill for chi-square to hold: a power of four, 16 values in each."""
    return next(size for size in (256, 64, 16, 4) if size == 4 or 16 * size <= count)


def histogram(values: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    """Count bytes by their top bits, in `size` bins."""
    return np.bincount(values.reshape(-1) // (256 // size), minlength=size)


def byte_rows(sample: Words) -> NDArray[np.uint8]:
    """Return the eight bytes of each word, lowest first, (words, 8)."""
    return np.ascontiguousarray(sample, dtype="<u8").view(np.uint8).reshape(-1, 8)


def against_uniform(sample: Words) -> dict[str, float]:
    """Score a sample (proofs, words): each of the eight bytes, neighbours, successive proofs, each word's top bit."""
    rows, size = byte_rows(sample), bins(sample.size)
    scores = {f"byte {k}": _even(histogram(rows[:, k], size)) for k in range(8)}
    scores["neighbours in a proof"] = _pairs(sample[:, :-1], sample[:, 1:])
    scores["one place in successive proofs"] = _pairs(sample[0:-1:2], sample[1::2])
    proofs, words = sample.shape
    # Each place on its own: a chi-square of one degree of freedom for each.
    scores["top bits, place by place"] = of_chi_square(float(((2 * _ones(sample) - proofs) ** 2).sum() / proofs), words)
    return scores


def against_each_other(first: Words, second: Words) -> dict[str, float]:
    """Score two samples of one shape: bytes by value, and each place's top bit."""
    left, right, size = byte_rows(first), byte_rows(second), bins(first.size)
    scores = {}
    for k in range(8):
        a, b = histogram(left[:, k], size), histogram(right[:, k], size)
        scores[f"byte {k}"] = of_chi_square(float(((a - b) ** 2 / (a + b)).sum()), size - 1)
    proofs, words = first.shape
    difference = float(((_ones(first) - _ones(second)) ** 2).sum() / (proofs / 2))
    scores["top bits, place by place"] = of_chi_square(difference, words)
    return scores


def surprising(scores: dict[str, float]) -> dict[str, float]:
    """Return the scores that chance does not explain: a family has one with probability ERROR."""
    threshold = NormalDist().inv_cdf(1 - ERROR / (2 * len(scores)))
    return {name: score for name, score in scores.items() if not abs(score) < threshold}


def _ones(sample: Words) -> NDArray[np.int64]:
    """Count the words with their top bit set, place by place."""
    return (sample >> np.uint64(63)).sum(axis=0, dtype=np.int64)


def _pairs(first: Words, second: Words) -> float:
    """Score pairs of words by the top bits of both."""
    side = round(sqrt(bins(first.size)))
    shift = np.uint64(64 - side.bit_length() + 1)
    pairs = (first >> shift) * np.uint64(side) + (second >> shift)
    return _even(np.bincount(pairs.reshape(-1).astype(np.int64), minlength=side**2))


def _even(counts: NDArray[np.int64]) -> float:
    expected = counts.sum() / len(counts)
    return of_chi_square(float(((counts - expected) ** 2).sum() / expected), len(counts) - 1)
