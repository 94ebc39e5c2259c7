"""Division and roots: exact where they say so, and nothing else satisfies their relations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.network.lowered import PLAN, every_change_is_refused, inputs_of, lowered, single
from zkinfer import api
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum
from zkinfer.network.inverse_root import BITS, InverseRoot
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.operation import ignore
from zkinfer.network.quotient import Quotient
from zkinfer.network.rounded import Rounded
from zkinfer.program.check import RelationFails
from zkinfer_verify.errors import UsageError

ROOT = InverseRoot(scale=5, offset=1 << 20, first=1, octaves=14)
LARGEST_SQUARES = 1 << 44


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("shape", [(3, 1), (1, 1), (1, 2, 3, 1)])
@pytest.mark.parametrize("images", [1, 2])
def test_roots_are_what_their_relations_say_and_nothing_else(shape, images):
    network = single(ROOT, shape, lo=0, hi=1 << 20)
    case = lowered(network, inputs_of(network, rng(), images), images)
    every_change_is_refused(case, rng(1), each=2)


@pytest.mark.parametrize("v", [0, 1, 2, 3, (1 << 20) - 1, 1 << 20])
def test_no_square_in_range_leaves_the_ranges_of_a_root(v):
    network = single(ROOT, (2,), lo=0, hi=1 << 20)
    lowered(network, {"x0": np.array([v, v])}).check()


def test_a_root_is_exact_to_twenty_two_bits():
    v = np.concatenate([np.arange(200), np.geomspace(1, LARGEST_SQUARES, 400).astype(np.int64)])
    ours = ROOT.execute([v], ignore) / 2.0 ** (BITS + ROOT.last)
    exact = 1 / np.sqrt(np.maximum(v.astype(np.float64) * 4.0**ROOT.scale + ROOT.offset, ROOT.least))
    assert np.abs(ours / exact - 1).max() < 2.0**-22


def test_roots_of_too_large_sums_are_refused():
    with pytest.raises(UsageError, match="quantise to fewer bits"):
        single(ROOT, (2,), lo=0, hi=1 << 52)
    with pytest.raises(UsageError, match="octaves do not hold"):
        single(InverseRoot(5, 1 << 24, 0, 3), (2,), lo=0, hi=1 << 40)


def rounded(shape):
    """Products, divided and rounded, which only the bounds of both factors together keep in their range."""
    inputs = (Port("x", "x", shape, -100, 100, 1.0), Port("f", "f", shape, 1, 500, 1.0))
    nodes = (Node("xf", Einsum(("ab", "ab"), "ab"), ("x", "f")), Node("out", Rounded(9, 98), ("xf",)))
    return Network(inputs, nodes, (Port("y", "out", shape, -98, 98, 1.0, public=True),))


@pytest.mark.parametrize("images", [1, 3])
def test_rounded_products(images):
    network = rounded((2, 5))
    xs = inputs_of(network, rng(), images)
    case = lowered(network, xs, images)
    every_change_is_refused(case, rng(1))
    x, f = (values if images == 1 else values[0] for values in xs.values())
    got = network.run({"x": x, "f": f})["out"]
    assert np.array_equal(got, np.floor(x * f / 512 + 0.5))


def test_products_beyond_what_can_be_divided_are_refused():
    with pytest.raises(UsageError, match="quantise to fewer bits"):
        single(Rounded(9, 98), (3,), lo=0, hi=1 << 62)


@pytest.mark.parametrize("names", [{"out.remainder"}, {"out.remainder", "out"}])
def test_rejects_another_rounded_quotient_when_every_limb_may_be_wide(names):
    network = rounded((2, 5))
    plan = replace(PLAN, wide=frozenset(names))
    case = lowered(network, inputs_of(network, rng()), plan=plan)
    case.check()
    columns = {column.name: column for column in case.ranged}
    witness = case.corrupted(columns["out.limb0"], 0, -1)
    moved = replace(case, witness=replace(witness, outputs=((witness.outputs[0][0] - 1, *witness.outputs[0][1:]),)))
    with pytest.raises(RelationFails, match="remainder"):
        moved.check(moved.corrupted(columns["out.remainder.limb0"], 0, 512))


def quotient(x_shape, divisor_shape, least=3, hi=40):
    inputs = (
        Port("x", "x", x_shape, -20, 30, 1.0),
        Port("d", "d", divisor_shape, least, hi, 1.0),
    )
    op = Quotient(1 << 12, least)
    nodes = (Node("q", op, ("x", "d")), Node("out", Combine((1,)), ("q",)))
    draft = Network(inputs, nodes, ())
    spec = draft.specs["out"]
    return Network(inputs, nodes, (Port("y", "out", spec.shape, spec.lo, spec.hi, 1.0, public=True),))


@pytest.mark.parametrize("shapes", [((2, 5), (2, 1)), ((1, 5), (1, 1)), ((1, 2, 3, 4), (1, 2, 3, 1)), ((4,), (4,))])
@pytest.mark.parametrize("images", [1, 2])
def test_quotients(shapes, images):
    network = quotient(*shapes)
    xs = inputs_of(network, rng(), images)
    case = lowered(network, xs, images)
    every_change_is_refused(case, rng(1))
    x, d = (values if images == 1 else values[0] for values in xs.values())
    assert np.array_equal(network.run({"x": x, "d": d})["out"], x * ((1 << 12) // d))


@pytest.mark.parametrize("network", [rounded((1, 6)), quotient((2, 5), (2, 1)), single(ROOT, (3, 1), lo=0, hi=999)])
def test_a_proof_of_them_is_accepted(network):
    keys = api.setup(network, profile="toy", allow_toy=True)
    x = inputs_of(network, rng(5))
    outputs = api.verify(keys.statement, api.prove(keys, x, allow_toy=True).to_bytes(), allow_toy=True)
    assert np.array_equal(outputs.integers, network.run(x)["out"].reshape(-1))
