"""The digits: 1,797 images of 8 x 8 grey values, written by 43 people, split once and for all.

Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TEST_IMAGES = 360
SEED = 7


@dataclass(frozen=True)
class Digits:
    """images: (count, 1, 8, 8) in 0 .. 1; labels: (count,)."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


def load() -> tuple[Digits, Digits]:
    """Return what is trained on, and the test split."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(SEED).permutation(len(bunch.target))
    images = (bunch.images[order, np.newaxis] / 16.0).astype(np.float32)
    labels = bunch.target[order].astype(np.int64)
    return Digits(images[TEST_IMAGES:], labels[TEST_IMAGES:]), Digits(images[:TEST_IMAGES], labels[:TEST_IMAGES])
