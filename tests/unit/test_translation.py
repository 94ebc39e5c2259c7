"""A network is translated as it is, or refused: a program is a chain, and a Graph may say more."""

import numpy as np
import pytest

from zkinfer.graph.graph import FullyConnected, Graph, Node
from zkinfer.program.from_graph import program_of
from zkinfer_verify.errors import UsageError

FIRST = FullyConnected(np.array([[1, 2], [3, 4]]))
SECOND = FullyConnected(np.array([[5, 0], [0, 7]]))


def two_layers(reads: str, output: str) -> Graph:
    """Two layers, the second of which reads the tensor `reads`."""
    nodes = (Node("first", FIRST, ("input",), "a"), Node("second", SECOND, (reads,), "b"))
    return Graph("input", (2,), nodes, output)


def test_a_chain_is_translated() -> None:
    assert [step.name for step in program_of(two_layers("a", "b"), (-5, 4)).steps][1:] == [
        "first",
        "first.sums",
        "second",
        "output",
    ]


@pytest.mark.parametrize(
    ("reads", "output", "match"),
    [("input", "b", "Layer second .* reads 'input'"), ("a", "a", "output is 'a'")],
    ids=["a layer that skips another", "an output before the last layer"],
)
def test_refuses_a_network_that_is_no_chain(reads: str, output: str, match: str) -> None:
    """Translated as a chain, it would be proved to give the output of another network under its own name."""
    with pytest.raises(UsageError, match=match):
        program_of(two_layers(reads, output), (-5, 4))
