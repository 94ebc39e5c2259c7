"""The networks that are measured: the reference, small ones that peers can run too, layers of a given size."""

from __future__ import annotations

from collections.abc import Callable

from zkinfer.bench.draw import Draw
from zkinfer.frontend.reference import reference_network
from zkinfer.graph.graph import Array, Convolution, Flatten, FullyConnected, Graph, MaxPool, Relu, sequential
from zkinfer_verify.errors import UsageError

Network = tuple[Graph, Array]
WEIGHT_BITS = 3
INPUT_BITS = 8


def tiny() -> Network:
    """A layer of 1,000 multiply-adds: 50 inputs, 20 outputs."""
    return layer(50, 20, WEIGHT_BITS, INPUT_BITS)


def layer_100() -> Network:
    """A layer of 100 inputs and 100 outputs."""
    return layer(100, 100, WEIGHT_BITS, INPUT_BITS)


def lenet() -> Network:
    """LeNet's shape: two convolutions with pooling, three full layers, an image of 28 x 28."""
    draw = Draw()
    ops = (
        Convolution(draw.coefficients(WEIGHT_BITS, 6, 5, 5, 1)),
        MaxPool((2, 2)),
        Relu(),
        Convolution(draw.coefficients(WEIGHT_BITS, 16, 5, 5, 6)),
        MaxPool((2, 2)),
        Relu(),
        Flatten(),
        FullyConnected(draw.coefficients(WEIGHT_BITS, 120, 256), draw.coefficients(WEIGHT_BITS, 120)),
        Relu(),
        FullyConnected(draw.coefficients(WEIGHT_BITS, 84, 120), draw.coefficients(WEIGHT_BITS, 84)),
        Relu(),
        FullyConnected(draw.coefficients(WEIGHT_BITS, 10, 84), draw.coefficients(WEIGHT_BITS, 10)),
    )
    return sequential((28, 28, 1), ops), draw.inputs(INPUT_BITS, 28, 28, 1)


def mlp() -> Network:
    """Three full layers: 784, 256, 128, 10."""
    draw = Draw()
    ops = (
        FullyConnected(draw.coefficients(WEIGHT_BITS, 256, 784), draw.coefficients(WEIGHT_BITS, 256)),
        Relu(),
        FullyConnected(draw.coefficients(WEIGHT_BITS, 128, 256), draw.coefficients(WEIGHT_BITS, 128)),
        Relu(),
        FullyConnected(draw.coefficients(WEIGHT_BITS, 10, 128), draw.coefficients(WEIGHT_BITS, 10)),
    )
    return sequential((784,), ops), draw.inputs(INPUT_BITS, 784)


NETWORKS: dict[str, Callable[[], Network]] = {
    "reference": reference_network,
    "lenet": lenet,
    "mlp": mlp,
    "layer-100": layer_100,
    "tiny": tiny,
}


def network_named(name: str) -> Network:
    """A network of the list, and an input for it.

    Errors: UsageError for another name.
    """
    if name not in NETWORKS:
        raise UsageError(f"The network {name!r} is unknown; the names are {', '.join(NETWORKS)}.")
    return NETWORKS[name]()


def layer(input_size: int, output_size: int, coefficient_bits: int, input_bits: int, seed: int = 0) -> Network:
    """The original's benchmark: one full layer without biases; coefficients are drawn first, row by row."""
    draw = Draw(seed)
    weights = draw.coefficients(coefficient_bits, output_size, input_size)
    return sequential((input_size,), [FullyConnected(weights)]), draw.inputs(input_bits, input_size)


def sliding(side: int, kernel: int, channels: int) -> Network:
    """A convolution, its outputs summed to one: side^2 kernel^2 channels multiply-adds, and the sum's."""
    draw = Draw()
    size = side + kernel - 1
    ops = (
        Convolution(draw.coefficients(WEIGHT_BITS, channels, kernel, kernel, 1)),
        Flatten(),
        FullyConnected(draw.coefficients(WEIGHT_BITS, 1, channels * side * side)),
    )
    return sequential((size, size, 1), ops), draw.inputs(INPUT_BITS, size, size, 1)


def rectified(size: int) -> Network:
    """A ReLU on `size` numbers, summed to one: activations, and a weight for each."""
    draw = Draw()
    weights = draw.coefficients(WEIGHT_BITS, 1, size)
    return sequential((size,), [Relu(), FullyConnected(weights)]), draw.inputs(INPUT_BITS, size)
