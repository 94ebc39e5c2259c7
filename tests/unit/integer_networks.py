"""Small integer networks of general shape for tests: two inputs, two outputs, a branch."""

import numpy as np

from zkinfer.network.combine import Combine
from zkinfer.network.convolution import Convolution
from zkinfer.network.einsum import Einsum
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.rearrange import Reshape
from zkinfer.network.rescale import Rescale

IMAGE = (1, 2, 6, 5)


def branched() -> Network:
    """An image and a row of features; scores, and an embedding."""
    random = np.random.default_rng(7)

    def draw(*shape: int) -> np.ndarray:
        return random.integers(-9, 10, shape).astype(np.int8)

    nodes = (
        Node("conv", Convolution((2, 1), (1, 1), (1, 1), (1, 1), 1, (), draw(3, 2, 3, 3), draw(3)), ("image",)),
        Node("act", Rescale(4, 0, 127), ("conv",)),
        Node("flat", Reshape((1, 45)), ("act",)),
        Node("hidden", Einsum(("bd", "de"), "be", draw(45, 8), draw(1, 8)), ("flat",)),
        Node("codes", Rescale(6, -128, 127), ("hidden",)),
        Node("sum", Combine((3, 5)), ("codes", "features")),
        Node("embedding", Rescale(2, -128, 127), ("sum",)),
        Node("scores", Einsum(("bd", "de"), "be", draw(8, 4), draw(1, 4)), ("embedding",)),
    )
    inputs = (
        Port("pixels", "image", IMAGE, -128, 127, 1 / 64, -28, quantised=True),
        Port("features", "features", (1, 8), -100, 100, 0.5),
    )
    specs = Network(inputs, nodes, ()).specs

    def output(name: str, tensor: str, scale: float) -> Port:
        spec = specs[tensor]
        return Port(name, tensor, spec.shape, spec.lo, spec.hi, scale, public=True)

    return Network(inputs, nodes, (output("scores", "scores", 0.25), output("vector", "embedding", 1 / 16)))


def inputs(seed: int = 0) -> dict[str, np.ndarray]:
    """Real pixels, and integers."""
    random = np.random.default_rng(seed)
    pixels = random.uniform(-2.5, 2.5, IMAGE).astype(np.float32)
    return {"pixels": pixels, "features": random.integers(-100, 101, (1, 8))}
