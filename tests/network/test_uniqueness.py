"""What relations admit: of all witnesses that a cheating prover may commit, none shows other outputs.

Small instances, searched to the end, in plans whose limbs are exact and in plans in which each may be wide.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.network.lowered import Case, lowered, single
from tests.network.solutions import Solver
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.convolution import Convolution
from zkinfer.network.einsum import Einsum
from zkinfer.network.embedding import Embedding
from zkinfer.network.join import Join
from zkinfer.network.largest import Largest
from zkinfer.network.max_pool import MaxPool
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.operation import Operation
from zkinfer.network.pad import Pad
from zkinfer.network.piece import Piece
from zkinfer.network.quotient import Quotient
from zkinfer.network.rearrange import Transpose
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.repeat import Repeat
from zkinfer.network.rescale import Rescale
from zkinfer.network.rounded import Rounded
from zkinfer.network.saturate import Saturate
from zkinfer.network.slopes import Slopes
from zkinfer.network.within import Within
from zkinfer.program.check import RelationFails
from zkinfer.program.lower import Plan
from zkinfer.program.widen import widest

LO, HI = -6, 7
CODES = Rescale(0, -5, 6)
CASES: dict[str, tuple[Operation, list[tuple[int, ...]], tuple[Operation, ...]]] = {
    "rescale": (Rescale(2, -1, 1), [(3,)], ()),
    "rescale to even": (Rescale(0, -2, 3, divisor=2), [(3,)], ()),
    "function of a quotient": (Rescale(1, -2, 2, np.array([4, 0, 1, 0, 9])), [(3,)], ()),
    "saturate": (Saturate(1, -2, 1), [(3,)], ()),
    "rescale by three": (Rescale(0, -2, 3, divisor=3), [(3,)], ()),
    "saturate by six to even": (Saturate(0, -1, 1, divisor=6), [(2,)], ()),
    "saturate to even": (Saturate(0, -2, 1, divisor=2), [(2,)], ()),
    "saturate above": (Saturate(0, -9, 3), [(3,)], ()),
    "saturate below": (Saturate(1, 0, 9), [(3,)], ()),
    "rounded": (Rounded(2, 2), [(3,)], ()),
    "function of codes": (Apply(-5, 6, np.arange(12) ** 2), [(2,)], (CODES,)),
    "slopes": (Slopes(np.array([[2, 3]]), np.array([[5, 1]])), [(1, 2)], (CODES,)),
    "largest of windows": (MaxPool((2,), (1,), (1,), (1,), (0,), -6), [(1, 1, 3)], ()),
    "largest of rows": (ReduceMax((1,)), [(1, 3)], (CODES,)),
    "smallest of rows": (ReduceMax((1,), smallest=True), [(1, 3)], ()),
    "place of the largest": (Largest(1, 3), [(1, 3)], ()),
    "place of the last of the largest": (Largest(1, 3, last=True), [(1, 3)], ()),
    "within": (Within(-2, 3), [(3,)], (Rescale(0, -2, 3),)),
    "sum": (Combine((2, -1)), [(2,), (2,)], (CODES,)),
    "product": (Einsum(("ab", "ab"), "ab"), [(1, 2), (1, 2)], (CODES,)),
    "matrix": (Einsum(("ab", "bc"), "ac", np.array([[1, -2], [3, 0]])), [(1, 2)], (CODES,)),
    "convolution": (Convolution((1,), (1,), (1,), (0,), 1, (), np.array([[[2, -1]]])), [(1, 1, 3)], (CODES,)),
    "padding": (Pad((1,), (0,), 3), [(2,)], (CODES,)),
    "repetition": (Repeat((2,)), [(2,)], (CODES,)),
    "piece": (Piece((1,), (1,), (2,)), [(3,)], (CODES,)),
    "join": (Join(0), [(1,), (2,)], (CODES,)),
    "transposition": (Transpose((1, 0)), [(1, 2)], (CODES,)),
}


def rng():
    return np.random.default_rng(7)


def shown(case: Case) -> set[tuple[int, ...]]:
    """The outputs of all witnesses."""
    solver = Solver(case)
    public = [entry for entry in solver.domains if entry[0] < 0]
    return {tuple(witness[entry] for entry in public) for witness in solver.witnesses()}


def outputs_are_unique(network: Network, x: dict[str, np.ndarray]) -> None:
    """Assert that only the honest outputs can be shown, with exact limbs and with wide ones."""
    exact = lowered(network, x, plan=Plan(10, 3, frozenset()))
    for plan in (exact.lowered.plan, replace(exact.lowered.plan, wide=widest(exact.lowered))):
        case = lowered(network, x, plan=plan)
        honest = tuple(value for output in case.witness.outputs for value in output)
        assert shown(case) == {honest}


@pytest.mark.parametrize("name", CASES)
def test_no_other_output_can_be_shown(name):
    op, shapes, before = CASES[name]
    network = single(op, *shapes, lo=LO, hi=HI, before=before)
    draw = rng()
    for _ in range(3):
        outputs_are_unique(network, {f"x{k}": draw.integers(LO, HI + 1, shape) for k, shape in enumerate(shapes)})


def test_no_other_row_of_a_table_can_be_shown():
    network = single(Embedding(np.array([[1, 2], [3, 5], [-4, 0]])), (2,), lo=0, hi=2)
    outputs_are_unique(network, {"x0": np.array([2, 1])})


def test_no_other_quotient_can_be_shown():
    inputs = (Port("x", "x", (2,), -3, 3, 1.0), Port("d", "d", (1,), 1, 7, 1.0))
    network = Network(
        inputs, (Node("out", Quotient(20, 1), ("x", "d")),), (Port("y", "out", (2,), -60, 60, 1.0, public=True),)
    )
    for divisor in (1, 3, 7):
        outputs_are_unique(network, {"x": np.array([-3, 2]), "d": np.array([divisor])})


def test_the_search_finds_what_is_open():
    case = lowered(
        single(Rescale(2, -1, 1), (2,), lo=LO, hi=HI), {"x0": np.array([5, -6])}, plan=Plan(10, 3, frozenset())
    )
    statement = case.lowered.statement
    open_case = replace(case, lowered=replace(case.lowered, statement=replace(statement, affines=(), contractions=())))
    assert len(shown(open_case)) > 1


def test_the_search_ends_at_the_honest_witness():
    case = lowered(single(Rescale(1, -3, 3), (3,), lo=LO, hi=HI), {"x0": np.array([5, -6, 1])})
    case.check()
    with pytest.raises(RelationFails):
        case.check(case.corrupted(case.ranged[-1], 0, 1))
    assert shown(case) == {case.witness.outputs[0]}
