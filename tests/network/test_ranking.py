"""The largest entries of a row: the ones of the definition, whatever they range in, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.lowered import every_change_is_refused, lowered, single
from zkinfer import api
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum
from zkinfer.network.largest import Largest
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.ranking import Ranking
from zkinfer.network.within import Within
from zkinfer.program.check import RelationFails
from zkinfer_verify.errors import UsageError

BIG = 1 << 40
SHAPES = [((1, 5), 1), ((3, 4), 0), ((2, 3, 4), 1), ((1, 1, 6, 5), 2), ((4,), 0), ((2, 1), 1)]


def ranked(shape: tuple[int, ...], axis: int, count: int, factor: int = 1, *, last: bool = False) -> Network:
    """A network that shows the largest entries of a multiple of its input, and where they are."""
    port = Port("x", "x", shape, -8, 7, 1.0)
    nodes = [Node("scaled", Combine((factor,)), ("x",))]
    specs = dict(Network((port,), tuple(nodes), ()).specs)

    def add(op, *inputs):
        node = Node(f"n{len(nodes)}", op, inputs)
        specs[node.name] = op.spec([specs[name] for name in inputs], node.where)
        nodes.append(node)
        return node.name

    ranking = Ranking(add, specs, "scaled", axis, count, last=last)
    shown = []
    for name, tensor in (("values", ranking.values()), ("indices", ranking.indices())):
        spec = specs[tensor]
        shown.append(Port(name, tensor, spec.shape, spec.lo, spec.hi, 1.0, public=True))
    return Network((port,), tuple(nodes), tuple(shown))


@pytest.mark.parametrize(("shape", "axis"), SHAPES, ids=str)
@pytest.mark.parametrize("last", [False, True])
def test_the_largest_entries_are_those_of_a_stable_sort(shape, axis, last):
    count = min(2, shape[axis])
    network = ranked(shape, axis, count, 3, last=last)
    for seed in range(4):
        x = np.random.default_rng(seed).integers(-8, 8 if seed else -6, shape)
        order = np.argsort(-x, axis=axis, kind="stable")
        if last:
            order = shape[axis] - 1 - np.argsort(-np.flip(x, axis), axis=axis, kind="stable")
        best = order.take(range(count), axis=axis)
        tensors = network.run({"x": x})
        values, indices = (tensors[port.tensor] for port in network.outputs)
        np.testing.assert_array_equal(indices, best)
        np.testing.assert_array_equal(values, 3 * np.take_along_axis(x, best, axis))
    every_change_is_refused(lowered(network, {"x": x}), np.random.default_rng(1), each=1)


def test_entries_may_range_further_than_tables():
    network = ranked((2, 3), 1, 2, 1 << 40)
    x = np.array([[-8, 7, 7], [0, 0, 0]])
    case = lowered(network, {"x": x})
    assert case.witness.outputs[1] == (1, 2, 0, 1)
    assert case.witness.outputs[0] == (7 << 40, 7 << 40, 0, 0)


@pytest.mark.parametrize("narrow", [(-8, -6), (2, 2), (-1, 5), (5, 7)])
def test_the_largest_entries_of_inputs_of_a_narrower_range(narrow):
    network = ranked((2, 3), 1, 2).within(narrow)
    x = np.random.default_rng(7).integers(narrow[0], narrow[1] + 1, (2, 3))
    case = lowered(network, {"x": x})
    every_change_is_refused(case, np.random.default_rng(1), each=1)
    assert case.witness.outputs[0] == tuple((-np.sort(-x, axis=1)[:, :2]).reshape(-1).tolist())


def test_the_range_of_the_largest_entries_is_known_where_the_sums_under_them_are_shown_too():
    nodes = (
        Node("place", Largest(1, 3), ("x",)),
        Node("sums", Einsum(("ab", "ab"), "a"), ("x", "place")),
        Node("largest", Within(BIG, BIG + 1), ("sums",)),
        Node("told", Apply(BIG, BIG + 1, np.array([3, 5])), ("largest",)),
    )
    inputs = (Port("x", "x", (2, 3), BIG, BIG + 1, 1.0),)
    outputs = (
        Port("sums", "sums", (2,), 0, 3 * BIG + 3, 1.0, public=True),
        Port("y", "told", (2,), 3, 5, 1.0, public=True),
    )
    case = lowered(Network(inputs, nodes, outputs), {"x": BIG + np.array([[0, 1, 0], [0, 0, 0]])})
    assert case.witness.outputs == ((BIG + 1, BIG), (5, 3))
    every_change_is_refused(case, np.random.default_rng(1))


@pytest.mark.parametrize("chosen", [0, 2, 3])
def test_rejects_another_place_when_everything_follows_it(chosen):
    x = np.array([[3, 5, 5, -1]])
    network = single(Largest(1, 4), (1, 4), lo=-8, hi=7)
    case = lowered(network, {"x0": x})
    case.check()
    y = 4 * x[0] - np.arange(4)
    columns = {column.name: column for column in case.ranged}
    limb = columns["out.value.limb0"]
    start = int(case.cells(case.witness.rows, limb).reshape(-1)[0])
    witness = case.corrupted(limb, 0, int(y[chosen] - y.max()))
    moves = [("out", 1, -1), ("out", chosen, 1)]
    moves += [("out.distance.limb0", j, int(y[chosen] - y.max())) for j in range(4)]
    assert start + y[chosen] - y.max() >= 0, "the place's value is in its range"
    for name, index, by in moves:
        case = type(case)(case.network, case.lowered, witness, case.blocks)
        witness = case.corrupted(columns[name], index, by)
    with pytest.raises(RelationFails, match=r"lookup|table|range"):
        case.check(witness)


def test_more_entries_than_there_are_are_refused():
    with pytest.raises(UsageError, match="it has no 6 largest"):
        ranked((1, 5), 1, 6)


def test_a_proof_of_the_largest_entries_is_accepted():
    network = ranked((2, 5), 1, 3, 1 << 20)
    keys = api.setup(network, profile="toy", allow_toy=True)
    x = np.random.default_rng(5).integers(-8, 8, (2, 5))
    proof = api.prove(keys, x, allow_toy=True)
    values, indices = api.verify(keys.statement, proof.to_bytes(), allow_toy=True).tensors
    best = np.argsort(-x, axis=1, kind="stable")[:, :3]
    assert list(indices.integers) == best.reshape(-1).tolist()
    assert list(values.integers) == (np.take_along_axis(x, best, 1) << 20).reshape(-1).tolist()
