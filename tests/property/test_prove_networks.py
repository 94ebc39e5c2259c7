"""Random networks of the reference's kinds prove and verify, and the public integers are the plain executor's."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from attacks.networks import network, setup
from zkinfer.execute import plain
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
from zkinfer.program.lower import Plan
from zkinfer_verify.api import verify
from zkinfer_verify.errors import UsageError

Shape = tuple[int, ...]
TOY_PLAN = Plan(4, 4, frozenset())


@st.composite
def weights(draw: st.DrawFn, *shape: int) -> np.ndarray:
    """Small integers; now and then all zero, or the ends of a range."""
    seed, kind = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from(["any", "any", "any", "zero", "ends"]))
    generator = np.random.default_rng(seed)
    if kind == "zero":
        return np.zeros(shape, dtype=np.int64)
    return generator.choice([-100, 99], shape) if kind == "ends" else generator.integers(-4, 5, shape)


@st.composite
def convolutions(draw: st.DrawFn, shape: Shape) -> Convolution:
    """A convolution that fits a shape: strides, padding, dilation, groups."""
    channels = shape[2]
    groups = draw(st.sampled_from([g for g in (1, 2, 3) if channels % g == 0]))
    out = groups * draw(st.integers(1, 3))
    kernel = draw(weights(out, draw(st.sampled_from([1, 3])), draw(st.sampled_from([1, 3])), channels // groups))
    pair = st.tuples(st.integers(1, 2), st.integers(1, 2))
    bias = draw(st.none() | weights(out))
    padding = draw(st.just((0, 0, 0, 0)) | st.tuples(*[st.integers(0, 2)] * 4))
    return Convolution(kernel, bias, draw(pair), padding, draw(pair), groups)


@st.composite
def operators(draw: st.DrawFn, shape: Shape) -> Operator:
    """An operator that fits a shape."""
    if len(shape) == 1:
        out = draw(st.integers(1, 6))
        full = FullyConnected(draw(weights(out, shape[0])), draw(st.none() | weights(out)))
        return draw(st.sampled_from([full, full, Relu()]))
    windows = [w for w in ((2, 2), (3, 3), (1, 2), (2, 1), (1, 1)) if shape[0] % w[0] == 0 == shape[1] % w[1]]
    pools = [MaxPool(window) for window in windows]
    return draw(st.sampled_from([*pools[:2], Relu(), Flatten()]) | convolutions(shape) | convolutions(shape))


@st.composite
def networks(draw: st.DrawFn) -> Graph:
    """A chain of up to five layers, on a grid or flat."""
    grid = st.tuples(st.integers(1, 7), st.integers(1, 7), st.sampled_from([1, 1, 2, 3, 4]))
    shape: Shape = draw(grid | st.tuples(st.integers(1, 9)))
    first, ops = shape, list[Operator]()
    for _ in range(draw(st.integers(1, 5))):
        op = draw(operators(shape))
        try:
            shape = op.output_shape(shape, "here")
        except UsageError:
            assume(False)
        ops.append(op)
    if all(isinstance(op, Flatten) for op in ops):
        ops.append(Relu())
    if draw(st.booleans()) and len(shape) == 1:
        ops.append(Normalize())
    return sequential(first, ops)


@st.composite
def inputs(draw: st.DrawFn, shape: Shape, low: int, high: int) -> np.ndarray:
    """Any input in the range; also all equal, and both ends of the range only."""
    kind = draw(st.sampled_from(["any", "low", "high", "ends", "ties"]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if kind in ("low", "high"):
        return np.full(shape, low if kind == "low" else high)
    if kind == "ends":
        return generator.choice([low, high], shape)
    return generator.integers(low, min(low + 1, high) if kind == "ties" else high, shape, endpoint=True)


def integers_of(graph: Graph, x: np.ndarray) -> list[int]:
    """Return the integers that a network publishes: before normalize, which is a display."""
    node = graph.nodes[-1]
    name = node.inputs[0] if isinstance(node.op, Normalize) else graph.output
    return [int(value) for value in np.asarray(plain.execute(graph, x)[name]).reshape(-1)]


def proves(graph: Graph, x: np.ndarray, input_range: tuple[int, int], plan: Plan | None) -> None:
    """Prove, verify, compare: on toy with a plan, on standard without one."""
    made = setup(graph, profile="standard" if plan is None else "toy", plan=plan, input_range=input_range)
    proof = made.prove(made.witness(x))
    found = verify(made.statement, proof.to_bytes(), allow_toy=True)
    assert list(found.integers) == integers_of(graph, x)


@settings(max_examples=60)
@given(st.data())
def test_random_networks_prove_their_outputs(data):
    graph = data.draw(networks())
    low, high = data.draw(st.sampled_from([(-5, 4), (-128, 127), (0, 15), (3, 3), (0, 1), (-7, -2)]))
    plan = Plan(4, data.draw(st.integers(2, 6)), frozenset(), merged=data.draw(st.booleans()))
    proves(graph, data.draw(inputs(graph.input_shape, low, high)), (low, high), plan)


RANDOM = np.random.default_rng(5)


def w(*shape: int) -> np.ndarray:
    """Draw small weights."""
    return RANDOM.integers(-3, 4, shape)


# Networks that are special to the lowering.
NETWORKS: dict[str, tuple[Shape, list[Operator]]] = {
    "one layer, flat input": ((5,), [FullyConnected(w(3, 5), w(3))]),
    "two full layers without activation": ((5,), [FullyConnected(w(7, 5), w(7)), FullyConnected(w(2, 7))]),
    "relu alone": ((5,), [Relu()]),
    "relu twice": ((4, 3, 2), [Relu(), Relu()]),
    "relu at the end": ((5,), [FullyConnected(w(7, 5), w(7)), Relu()]),
    "one channel, one pixel": ((1, 1, 1), [Convolution(w(1, 1, 1, 1)), Relu(), Flatten(), FullyConnected(w(1, 1))]),
    "no activation at the end": ((5, 7, 3), [Convolution(w(4, 3, 3, 3), w(4))]),
    "convolution after convolution": ((7, 7, 2), [Convolution(w(3, 3, 3, 2)), Convolution(w(2, 3, 3, 3))]),
    "stride, padding, dilation": (
        (7, 9, 3),
        [Convolution(w(5, 3, 3, 3), w(5), (2, 1), (1, 2, 0, 1), (1, 2)), Relu()],
    ),
    "groups": ((5, 5, 6), [Convolution(w(9, 3, 3, 2), w(9), groups=3), Relu()]),
    "depthwise": ((5, 5, 3), [Convolution(w(3, 3, 3, 1), w(3), groups=3), Relu()]),
    "pooling of the input": ((6, 6, 3), [MaxPool((2, 3))]),
    "pool after relu after pool": (
        (12, 6, 3),
        [
            Convolution(w(2, 3, 3, 3), None, (1, 1), (1, 1, 1, 1)),
            Relu(),
            MaxPool((2, 2)),
            MaxPool((3, 1)),
            Flatten(),
            FullyConnected(w(3, 12)),
        ],
    ),
    "window of nine": ((11, 5, 1), [Convolution(w(1, 3, 3, 1)), MaxPool((3, 3)), Relu()]),
}


def example(kind: str) -> tuple[Graph, np.ndarray]:
    """Return a network of the table and an input for it."""
    shape, ops = NETWORKS[kind]
    return network(6, shape, *ops)


@pytest.mark.parametrize("fill", ["random", "equal", "low", "high"])
@pytest.mark.parametrize("kind", list(NETWORKS))
def test_networks_prove_their_outputs(kind, fill):
    graph, x = example(kind)
    if fill != "random":
        x = np.full_like(x, {"equal": 2, "low": -5, "high": 4}[fill])
    proves(graph, x, (-5, 4), TOY_PLAN)


@pytest.mark.parametrize("kind", ["stride, padding, dilation", "pool after relu after pool", "one layer, flat input"])
def test_networks_prove_their_outputs_on_standard(kind):
    graph, x = example(kind)
    proves(graph, x, (-5, 4), None)
