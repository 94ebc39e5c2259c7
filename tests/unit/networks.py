"""A small integer network that has every kind of relation, and an input for it."""

import numpy as np

from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, Graph, MaxPool, Normalize, Relu, sequential

SHAPE = (6, 6, 2)


def small_network() -> Graph:
    """Convolution, pooling, two matrices, a ReLU at the end: contractions, vanishes, lookups and an affine relation."""
    random = np.random.default_rng(seed=7)
    ops = [
        Convolution(random.integers(-3, 4, (3, 3, 3, 2)), random.integers(-9, 9, 3)),
        MaxPool((2, 2)),
        Relu(),
        Flatten(),
        FullyConnected(random.integers(-3, 4, (5, 12)), random.integers(-9, 9, 5)),
        FullyConnected(random.integers(-3, 4, (4, 5))),
        Relu(),
        Normalize(),
    ]
    return sequential(SHAPE, ops)


def small_input() -> np.ndarray:
    """Integers in -5..4."""
    return np.random.default_rng(seed=8).integers(-5, 5, SHAPE)
