"""The prover does the same whatever the input: the same messages, the same calls of kernels on the same shapes.

Not in the same time: kernels are not constant-time, and nothing is claimed of that.
"""

from collections.abc import Callable

import numpy as np
import pytest

from attacks.networks import CONTEXT, Setup, integers, mixed, network, setup, tiny
from tests.zero_knowledge.views import FIXED
from tests.zero_knowledge.watching import WatchedKernels
from zkinfer.graph.graph import FullyConnected, Relu
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import prove

Work = tuple[tuple[object, ...], ...]


def standard() -> tuple[Setup, np.ndarray]:
    graph, x = network(5, (3,), FullyConnected(integers(1, 3, 3)), Relu(), FullyConnected(integers(2, 2, 3)))
    return setup(graph, profile="standard"), x


def inputs(made: Setup, x: np.ndarray) -> list[np.ndarray]:
    """All zero, both ends of the range, one entry alone, and drawn ones."""
    lo, hi = made.program.input_range
    alone = np.zeros_like(x)
    alone.reshape(-1)[-1] = hi
    drawn = [integers(seed, *x.shape, low=lo, high=hi + 1) for seed in (1, 2)]
    return [np.zeros_like(x), np.full_like(x, lo), np.full_like(x, hi), alone, *drawn]


def work(made: Setup, x: np.ndarray) -> tuple[Work, tuple[int, ...]]:
    """Return the calls of kernels with their shapes, and the lengths of what is sent."""
    kernels = WatchedKernels()
    proof = prove(
        made.prepared,
        made.weights,
        made.witness(x),
        CONTEXT,
        kernels=kernels.as_kernels(),
        vectors=KernelVectors(kernels.as_kernels()),
        entropy=Entropy.fresh(),
    )
    sections = dict(proof.sections())
    return tuple(kernels.shapes), tuple(len(sections[name]) for name in FIXED)


@pytest.mark.parametrize("make", [tiny, mixed, standard])
def test_the_same_work_for_every_input(make: Callable[[], tuple[Setup, np.ndarray]]) -> None:
    made, x = make()
    works = {work(made, other) for other in inputs(made, x)}
    assert len(works) == 1
    ((calls, lengths),) = works
    # Something was watched: the smallest network takes a hundred calls.
    assert len(calls) > 50 and all(lengths)


def test_other_work_for_another_statement() -> None:
    """The comparison can fail."""
    assert work(*tiny()) != work(*mixed())
