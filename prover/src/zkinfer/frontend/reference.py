"""The reference network, drawn from NumPy's legacy generator, and others of the same shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zkinfer.graph.graph import Array, Convolution, Flatten, FullyConnected, Graph, MaxPool, Normalize, Relu, sequential

REFERENCE_SEED = 12345


def reference_network() -> tuple[Graph, Array]:
    """The reference network and its input, as int8.

    Integer outputs: -9404869, -11033050, -34374361, -20396580, 70483360. Source: worldcoin/proto-neural-zkp.
    """
    return random_network(REFERENCE_SEED)


def random_network(seed: int) -> tuple[Graph, Array]:
    """The reference's layers with weights in -10..9 and an input in -5..4, drawn in the reference's order."""
    # The legacy generator is frozen by NumPy's policy; an instance of it draws the same without global state.
    generator = np.random.RandomState(seed)

    def draw(low: int, high: int, *shape: int) -> npt.NDArray[np.int8]:
        return generator.randint(low, high, shape).astype(np.int8)

    x = draw(-5, 5, 120, 80, 3)
    kernel_1 = draw(-10, 10, 32, 5, 5, 3)
    kernel_2 = draw(-10, 10, 32, 5, 5, 32)
    weights_1, biases_1 = draw(-10, 10, 1000, 14688), draw(-10, 10, 1000)
    weights_2, biases_2 = draw(-10, 10, 5, 1000), draw(-10, 10, 5)
    ops = (
        Convolution(kernel_1),
        MaxPool((2, 2)),
        Relu(),
        Convolution(kernel_2),
        MaxPool((2, 2)),
        Relu(),
        Flatten(),
        FullyConnected(weights_1, biases_1),
        Relu(),
        FullyConnected(weights_2, biases_2),
        Normalize(),
    )
    return sequential(x.shape, ops), x
