"""The sums of weights that bounds rest on are exact, however large the weights."""

import numpy as np
import pytest

from zkinfer.graph.graph import FullyConnected, sequential
from zkinfer.program.from_graph import program_of
from zkinfer.program.linear import row_sums
from zkinfer.program.lower import BoundExceeded
from zkinfer.program.planner import plan_program
from zkinfer_verify.params.profile import PROFILES


@pytest.mark.parametrize(
    "weights",
    [
        np.full((1, 5), 2**62, dtype=np.int64),
        np.full((2, 2050), 2**53 - 1, dtype=np.int64),
        np.full((1, 3), -(2**63), dtype=np.int64),
        np.array([[2**62, -(2**62), 2**62, -(2**62)]], dtype=np.int64),
        np.array([[-128, 127, 5]], dtype=np.int8),
    ],
)
def test_sums_do_not_wrap(weights: np.ndarray) -> None:
    sums = row_sums(weights, None)
    for row, plus, minus in zip(weights.tolist(), sums.plus, sums.minus, strict=True):
        assert plus == sum(w for w in row if w > 0)
        assert minus == sum(-w for w in row if w < 0)
    assert sums.norm == max(sum(map(abs, row)) for row in weights.tolist())


def test_rejects_a_layer_when_its_norm_passes_int64() -> None:
    # With sums that wrap, a false output of this layer was once accepted.
    graph = sequential((2050,), [FullyConnected(np.full((1, 2050), 2**53 - 1, dtype=np.int64))])
    with pytest.raises(BoundExceeded, match="full1"):
        plan_program(program_of(graph, (0, 1)), PROFILES["standard"], bytes(32))
