"""Random networks of the reference's kinds prove and verify, and the public integers are the plain executor's."""

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from attacks.networks import network, setup
from campaigns.campaign import Tally
from campaigns.networks import INPUT_RANGES, WIDE_RANGES, draw_case
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
)
from zkinfer.program.lower import Plan
from zkinfer_verify.api import verify
from zkinfer_verify.errors import UsageError

Shape = tuple[int, ...]
TOY_PLAN = Plan(4, 4, frozenset())


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
@given(st.integers(0, 2**32), st.integers(2, 6), st.booleans())
def test_random_networks_prove_their_outputs(seed, bits, merged):
    case = draw_case(Random(seed), Tally())
    assume(case.input_range not in {INPUT_RANGES[name] for name in WIDE_RANGES})
    try:
        proves(case.graph, case.x, case.input_range, Plan(4, bits, frozenset(), merged=merged))
    except UsageError as error:
        assert "under p/2" in str(error)


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
