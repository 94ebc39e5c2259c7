"""Random small integer networks, inputs for them, and plans: all kinds of layers, with the ends of every range.

What is drawn is counted by kind, so that a record can say what a run covered.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from campaigns.campaign import Tally
from zkinfer.graph.graph import (
    Convolution,
    Flatten,
    FullyConnected,
    Graph,
    MaxPool,
    Normalize,
    Operator,
    Relu,
    sequential,
)
from zkinfer_verify.errors import UsageError

Shape = tuple[int, ...]
Ints = NDArray[np.int64]

MOST_LAYERS = 6
SIDES = (1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9)
MOST_FLAT = 40
CHANNELS = (1, 1, 2, 3, 4, 5, 8)
WINDOWS = ((2, 2), (3, 3), (1, 2), (2, 1), (3, 1), (4, 4))

INPUT_RANGES = {
    "-128..127": (-128, 127),
    "-5..4": (-5, 4),
    "0..15": (0, 15),
    "0..255": (0, 255),
    "one bit": (0, 1),
    "the value 3 alone": (3, 3),
    "zero alone": (0, 0),
    "the value -7 alone": (-7, -7),
    "negative": (-9, -2),
    "far from zero": (2**20, 2**20 + 5),
    "largest value alone": (2**40, 2**40),
    "16 bits": (-(2**15), 2**15 - 1),
}
WIDE_RANGES = {"16 bits"}
"""Drawn less often: on toy their table takes thousands of rows, and a case seconds."""
WEIGHTS = {
    "small": 40,
    "bytes": 20,
    "sparse": 8,
    "all zero": 8,
    "both ends of a byte": 8,
    "all one value": 6,
    "21 bits": 6,
    "53 bits, one entry": 4,
}
INPUTS = ("random", "all zero", "all low end", "all high end", "both ends", "one spike")


@dataclass(frozen=True)
class Case:
    """A network, the range of its input, and an input."""

    graph: Graph
    input_range: tuple[int, int]
    x: Ints


def draw_case(draw: Random, tally: Tally) -> Case:
    """Draw a chain of layers and an input, and count what they are made of."""
    shape = _input_shape(draw)
    first, ops = shape, list[Operator]()
    for _ in range(draw.randint(1, MOST_LAYERS)):
        op, shape = _fitting(draw, shape, tally)
        ops.append(op)
    if all(isinstance(op, Flatten) for op in ops):
        ops.append(Relu())
    if len(shape) == 1 and draw.randrange(4) == 0:
        ops.append(Normalize())
    for op in ops:
        _count_layer(op, tally)
    tally.count("layers in a network", str(len(ops)))
    (name,) = draw.choices(list(INPUT_RANGES), [1 if name in WIDE_RANGES else 4 for name in INPUT_RANGES])
    tally.count("input range", name)
    tally.measure("entries of the input", int(np.prod(first)))
    return Case(sequential(first, ops), INPUT_RANGES[name], draw_input(draw, first, *INPUT_RANGES[name], tally))


def _input_shape(draw: Random) -> Shape:
    if draw.randrange(4) == 0:
        return (draw.randint(1, MOST_FLAT),)
    return (draw.choice(SIDES), draw.choice(SIDES), draw.choice(CHANNELS))


def _fitting(draw: Random, shape: Shape, tally: Tally) -> tuple[Operator, Shape]:
    """Draw layers until one takes this shape: a kernel may be larger than what it slides over."""
    while True:
        op = _layer(draw, shape, tally)
        try:
            return op, op.output_shape(shape, "here")
        except UsageError:
            tally.count("drawn again", f"{op.layer_type} that does not fit")


def _layer(draw: Random, shape: Shape, tally: Tally) -> Operator:
    if len(shape) == 1:
        if draw.randrange(3) == 0:
            return Relu()
        out = draw.randint(1, 12)
        bias = draw_weights(draw, tally, out) if draw.randrange(2) else None
        return FullyConnected(draw_weights(draw, tally, out, shape[0]), bias)
    (kind,) = draw.choices(["convolution", "max-pool", "relu", "flatten"], [4, 2, 1, 1])
    if kind == "relu":
        return Relu()
    if kind == "flatten":
        return Flatten()
    return _max_pool(draw, shape) if kind == "max-pool" else _convolution(draw, shape[2], tally)


def _max_pool(draw: Random, shape: Shape) -> MaxPool:
    """Draw a window that divides the grid; where none does, the one that does nothing."""
    fitting = [window for window in WINDOWS if shape[0] % window[0] == shape[1] % window[1] == 0]
    return MaxPool(draw.choice(fitting or [(1, 1)]))


def _convolution(draw: Random, channels: int, tally: Tally) -> Convolution:
    groups = draw.choice([g for g in range(1, channels + 1) if channels % g == 0] if draw.randrange(3) == 0 else [1])
    out = groups * draw.randint(1, 3)
    height, width = draw.choice([1, 2, 3, 3]), draw.choice([1, 2, 3, 3])
    kernel = draw_weights(draw, tally, out, height, width, channels // groups)
    top, left, bottom, right = (draw.randint(0, 2) for _ in range(4))
    return Convolution(
        kernel,
        draw_weights(draw, tally, out) if draw.randrange(2) else None,
        stride=(draw.choice([1, 1, 2, 3]), draw.choice([1, 1, 2, 3])),
        padding=(top, left, bottom, right) if draw.randrange(2) else (0, 0, 0, 0),
        dilation=(draw.choice([1, 1, 2]), draw.choice([1, 1, 2])),
        groups=groups,
    )


def draw_weights(draw: Random, tally: Tally, *shape: int) -> Ints:
    """Draw weights of some kind."""
    (kind,) = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))
    tally.count("weights and biases", kind)
    random = np.random.default_rng(draw.getrandbits(64))
    match kind:
        case "all zero":
            return np.zeros(shape, dtype=np.int64)
        case "all one value":
            return np.full(shape, draw.choice([-128, -1, 1, 127]))
        case "both ends of a byte":
            return random.choice(np.array([-128, 127]), shape)
        case "sparse":
            return random.integers(-9, 10, shape) * (random.random(shape) < 0.2)
        case "53 bits, one entry":
            out = np.zeros(shape, dtype=np.int64)
            out.reshape(-1)[draw.randrange(out.size)] = draw.choice([1, -1]) * (2**53 - 1)
            return out
    low, high = {"small": (-4, 5), "bytes": (-128, 128), "21 bits": (-(2**20), 2**20)}[kind]
    return random.integers(low, high, shape)


def draw_input(draw: Random, shape: Shape, low: int, high: int, tally: Tally) -> Ints:
    """Draw an input in a range; zero where the range has none is the end next to it."""
    kind = draw.choice(INPUTS)
    tally.count("input", kind)
    random = np.random.default_rng(draw.getrandbits(64))
    zero = min(max(0, low), high)
    match kind:
        case "all zero":
            return np.full(shape, zero)
        case "all low end":
            return np.full(shape, low)
        case "all high end":
            return np.full(shape, high)
        case "both ends":
            return random.choice(np.array([low, high]), shape)
        case "one spike":
            out = np.full(shape, zero)
            out.reshape(-1)[draw.randrange(out.size)] = draw.choice([low, high])
            return out
    return random.integers(low, high, shape, endpoint=True)


def _count_layer(op: Operator, tally: Tally) -> None:
    kinds = [op.layer_type]
    if isinstance(op, Convolution):
        said = {
            "stride": max(op.stride) > 1,
            "padding": max(op.padding) > 0,
            "dilation": max(op.dilation) > 1,
            "groups": op.groups > 1,
            "bias": op.bias is not None,
            "no bias": op.bias is None,
        }
        kinds += [f"{op.layer_type}, {name}" for name, holds in said.items() if holds]
    if isinstance(op, FullyConnected):
        kinds.append(f"{op.layer_type}, {'no bias' if op.bias is None else 'bias'}")
    if isinstance(op, MaxPool):
        kinds.append(f"{op.layer_type}, {op.window[0]}x{op.window[1]}")
    for kind in kinds:
        tally.count("layer", kind)
