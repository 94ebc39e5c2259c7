"""Integer operations: what they compute, that their relations hold of it, and that they hold of nothing else."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest

from tests.network.lowered import every_change_is_refused, inputs_of, lowered, single
from tests.network.windows import WINDOWS, small
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum
from zkinfer.network.embedding import Embedding
from zkinfer.network.join import Join
from zkinfer.network.largest import Largest
from zkinfer.network.max_pool import MaxPool
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.operation import ignore
from zkinfer.network.pad import Pad
from zkinfer.network.piece import Piece
from zkinfer.network.rearrange import Reshape, Transpose
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.repeat import Repeat
from zkinfer.network.rescale import Rescale
from zkinfer.network.saturate import Saturate
from zkinfer.network.slopes import Slopes
from zkinfer.program.check import RelationFails
from zkinfer.program.lower import Plan
from zkinfer_verify.errors import UsageError


def rng(seed=0):
    return np.random.default_rng(seed)


ROWS = Transpose((0, 2, 3, 1))
CASES = {
    **WINDOWS,
    "matrix": (Einsum(("ab", "bc"), "ac", small(6, 5), small(1, 5)), [(3, 6)], ()),
    "matrix of a flattened image": (
        Einsum(("ab", "bc"), "ac", small(24, 5), small(1, 5)),
        [(1, 2, 3, 4)],
        (Reshape((1, 24)),),
    ),
    "matrix of one column": (Einsum(("ab", "bc"), "ac", small(6, 1)), [(1, 6)], ()),
    "matrices by batch": (Einsum(("abc", "acd"), "abd", small(2, 4, 3)), [(2, 3, 4)], ()),
    "scaling by channel": (Einsum(("abcd", "b"), "abcd", small(3), small(1, 3, 1, 1)), [(1, 3, 4, 2)], ()),
    "sum": (Einsum(("abcd", ""), "ab", factor=5), [(1, 3, 4, 2)], ()),
    "sum of everything": (Einsum(("ab", ""), ""), [(3, 4)], ()),
    "product": (Einsum(("abij", "abjk"), "abik", factor=-2), [(1, 2, 3, 4), (1, 2, 4, 5)], ()),
    "product of a transposed tensor": (
        Einsum(("abij", "abjk"), "abik"),
        [(1, 3, 8), (1, 4, 2, 5)],
        (Reshape((1, 3, 4, 2)), Transpose((0, 2, 1, 3))),
    ),
    "product by entries": (Einsum(("abcd", "abcd"), "abcd", factor=7), [(1, 2, 3, 4), (1, 2, 3, 4)], ()),
    "product with a stretched tensor": (Einsum(("abcd", "abCD"), "abcd"), [(1, 2, 3, 4), (1, 2, 1, 1)], ()),
    "sum of tensors": (Combine((3, -5), small(1, 2, 1, 1)), [(1, 2, 3, 4), (1, 2, 3, 4)], ()),
    "sum with a stretched tensor": (Combine((3, -5)), [(1, 2, 3, 4), (1, 2, 1, 1)], ()),
    "sum of other views": (Combine((1, 1)), [(1, 3, 4, 2), (1, 2, 3, 4)], (Transpose((0, 3, 1, 2)),)),
    "sum with a stretched entry": (Combine((3, -5), small(1, 3)), [(1, 3), (1, 1)], ()),
    "sum of entries": (Combine((3, -5)), [(1, 1), (1, 1)], ()),
    "sum with a constant after another": (
        Combine((1,), small(1, 600, seed=4)),
        [(1, 2)],
        (Einsum(("ab", "bc"), "ac", small(2, 600), small(1, 600, seed=3)),),
    ),
    "sum with a number": (Combine((2,), small(1)), [(5,)], ()),
    "halves": (Rescale(3, -9, 9), [(1, 2, 3, 4)], ()),
    "sixths to even": (Rescale(0, -20, 20, divisor=6), [(1, 2, 3, 4)], ()),
    "ninths": (Rescale(0, -20, 20, small(41), divisor=9), [(1, 2, 3, 4)], ()),
    "tenths saturated to even": (Saturate(0, -5, 4, divisor=10), [(1, 2, 3, 4)], ()),
    "halves to even": (Rescale(0, -20, 20, divisor=4), [(1, 2, 3, 4)], ()),
    "function of a quotient": (Rescale(2, -8, 8, small(17)), [(6,)], ()),
    "saturated": (Saturate(3, -4, 3), [(1, 2, 3, 4)], ()),
    "saturated to even": (Saturate(0, -5, 4, divisor=4), [(1, 2, 3, 4)], ()),
    "saturated below": (Saturate(2, 0, 99), [(6,)], ()),
    "saturated above": (Saturate(1, -99, 2), [(6,)], ()),
    "saturated where nothing is beyond": (Saturate(1, -99, 99), [(6,)], ()),
    "saturated without a shift": (Saturate(0, -7, 5), [(6,)], ()),
    "saturated to many codes": (Saturate(1, -5000, 4000), [(6,)], (Combine((1500,)),)),
    "no shift": (Rescale(0, -60, 60), [(6,)], ()),
    "function": (Apply(-100, 100, small(201)), [(1, 2, 3, 4)], ()),
    "function of a sum": (Apply(-300, 300, small(601)), [(1, 2, 3, 4)], (Combine((2,)),)),
    "function of clamped codes": (Apply(-30, 30, small(61)), [(1, 2, 3, 4)], (Rescale(1, -30, 30),)),
    "slopes": (Slopes(small(1, 3, 1, 1), small(1, 1, 1, 1, seed=2)), [(1, 3, 4, 2)], ()),
    "slopes of clamped codes": (Slopes(small(1, 6), small(1, 6, seed=2)), [(1, 6)], (Rescale(1, -30, 30),)),
    "piece": (Piece((0, 1, 2, 0), (1, 1, 2, 3), (1, 2, 2, 2)), [(1, 4, 6, 5)], ()),
    "piece of other views": (
        Piece((0, 1, 0, 1), (1, 1, 1, 2), (1, 2, 3, 2)),
        [(1, 24)],
        (Reshape((1, 4, 3, 2)), Reshape((1, 4, 6)), Reshape((1, 4, 1, 6)), Repeat((1, 1, 3, 1))),
    ),
    "one entry": (Piece((0, 2), (1, 1), (1, 1)), [(1, 4)], ()),
    "one row": (Piece((0, 0, 2, 0), (1, 1, 1, 1), (1, 3, 1, 4)), [(1, 3, 4, 4)], ()),
    "joined channels": (Join(1), [(1, 2, 3, 4), (1, 1, 3, 4)], ()),
    "joined rows": (Join(2), [(1, 2, 3, 4), (1, 2, 1, 4)], ()),
    "joined entries": (Join(1), [(1, 1), (1, 1)], ()),
    "joined clamped codes": (Join(1), [(1, 2, 3), (1, 2, 3)], (Rescale(1, -30, 30),)),
    "joined to other views": (Join(1), [(1, 3, 4, 2), (1, 2, 3, 4)], (Transpose((0, 3, 1, 2)),)),
    "joined across axes": (Join(1), [(1, 3, 4, 4), (6, 2, 2, 2)], (Reshape((6, 2, 2, 2)),)),
    "joined to weights": (Join(1, small(1, 2, 5), 0), [(1, 3, 5), (1, 1, 5)], ()),
    "joined around weights": (Join(2, small(1, 2, 1, 4), 1), [(1, 2, 3, 4), (1, 2, 2, 4)], ()),
    "joined to a weight": (Join(1, small(1, 1), 1), [(1, 1)], ()),
    "padded": (Pad((0, 0, 1, 2), (0, 0, 2, 0), 7), [(1, 2, 3, 4)], ()),
    "padded channels": (Pad((0, 1, 0, 0), (0, 1, 0, 0)), [(1, 1, 3, 4)], ()),
    "padded entry": (Pad((0, 1), (0, 1), -300), [(1, 1)], ()),
    "padded without an axis": (Pad((), ()), [()], ()),
    "piece without an axis": (Piece((), (), ()), [()], ()),
    "repeated without an axis": (Repeat(()), [()], (Combine((1,)),)),
    "upsampled": (Repeat((1, 1, 2, 3)), [(1, 2, 3, 4)], ()),
    "tiled": (Repeat((1, 2, 1, 3), tiled=True), [(1, 2, 3, 4)], ()),
    "expanded": (Repeat((1, 3, 1, 4)), [(1, 1, 3, 1)], ()),
    "expanded entry": (Repeat((2, 3)), [(1, 1)], ()),
    "many codes in pieces": (Piece((0, 1), (1, 1), (1, 3)), [(1, 4)], (Combine((100,)),)),
    "largest along axes": (ReduceMax((2, 3)), [(1, 3, 4, 5)], ()),
    "largest along channels": (ReduceMax((1,)), [(1, 3, 4, 5)], ()),
    "largest of rows": (ReduceMax((2,)), [(1, 3, 4, 5)], ()),
    "largest of all": (ReduceMax((0, 1)), [(3, 4)], ()),
    "smallest of rows": (ReduceMax((2,), smallest=True), [(1, 3, 4, 5)], ()),
    "smallest of all": (ReduceMax((0, 1), smallest=True), [(3, 4)], ()),
    "largest of clamped": (ReduceMax((1,)), [(3, 4)], (Rescale(1, -30, 30),)),
    "place of the largest": (Largest(1, 5), [(3, 5)], ()),
    "place of the largest in a row": (Largest(1, 7), [(1, 7)], ()),
    "place of the last of the largest": (Largest(2, 4, last=True), [(1, 3, 4, 5)], (Rescale(7, -1, 1),)),
    "place of the largest channel": (Largest(1, 3), [(1, 3, 4, 5)], ()),
    "place of the largest of many codes": (Largest(1, 3), [(2, 3)], (Combine((1 << 30,)),)),
    "slopes that all share": (Slopes(small(1, 1), small(1, 1, seed=3)), [(3, 4)], ()),
    "slopes of an entry": (Slopes(small(1, 1), small(1, 1, seed=3)), [(1, 1)], ()),
    "an image and an entry": (Combine((1, 3)), [(1, 2, 3, 4), (1, 1, 1, 1)], ()),
    "reshape across axes": (Reshape((8, 3)), [(6, 4)], ()),
    "reshape of an image": (Reshape((1, 6, 20)), [(1, 3, 8, 5)], ()),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operation_is_what_its_relations_say_and_nothing_else(name):
    op, shapes, before = CASES[name]
    network = single(op, *shapes, before=before)
    case = lowered(network, inputs_of(network, rng()))
    every_change_is_refused(case, rng(2))


@pytest.mark.parametrize("name", CASES)
def test_several_inputs_are_proved_together(name):
    op, shapes, before = CASES[name]
    network = single(op, *shapes, before=before)
    xs = inputs_of(network, rng(3), images=3)
    case = lowered(network, xs, images=3)
    every_change_is_refused(case, rng(4), each=1)
    for k in range(3):
        alone = network.run({name: values[k] for name, values in xs.items()})["out"]
        together = np.array(case.witness.outputs[0]).reshape(3, *alone.shape)[k]
        assert np.array_equal(together, alone)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["lo", "hi"])
def test_no_input_in_range_leaves_the_ranges(name, end):
    op, shapes, before = CASES[name]
    network = single(op, *shapes, before=before)
    x = {port.name: np.full(port.shape, getattr(port, end)) for port in network.inputs}
    lowered(network, x).check()


def out(op, *inputs):
    return op.execute([np.asarray(x) for x in inputs], ignore)


def test_a_convolution_is_its_sum():
    op, shapes, _ = CASES["convolution"]
    x = rng().integers(-128, 128, shapes[0])
    padded = np.pad(x[0], ((0, 0), (1, 0), (0, 2)))
    got = out(op, x)
    for o, i, j in np.ndindex(*got.shape[1:]):
        window = padded[:, 2 * i : 2 * i + 3, j : j + 3 : 2]
        assert got[0, o, i, j] == (window * op.kernel[o]).sum() + op.bias[o]


def test_an_einsum_is_its_sum():
    a, b = rng().integers(-9, 9, (1, 2, 3, 4)), rng(1).integers(-9, 9, (1, 2, 4, 5))
    assert np.array_equal(out(CASES["product"][0], a, b), -2 * (a @ b))
    assert np.array_equal(out(CASES["sum"][0], a), 5 * a.sum(axis=(2, 3)))


def test_ties_go_up_or_to_the_even_neighbour():
    x = np.arange(-40, 41)
    assert np.array_equal(out(Rescale(2, -99, 99), x), np.floor(x / 4 + 0.5))
    for divisor in (2, 3, 4, 6, 10, 49):
        assert np.array_equal(out(Rescale(0, -99, 99, divisor=divisor), x), np.rint(x / divisor))


def test_saturated_codes_are_the_nearest():
    x = np.arange(-40, 41)
    assert np.array_equal(out(Saturate(2, -5, 4), x), np.clip(np.floor(x / 4 + 0.5), -5, 4))
    assert np.array_equal(out(Saturate(0, -5, 4, divisor=4), x), np.clip(np.rint(x / 4), -5, 4))
    with pytest.raises(UsageError, match="quantise to fewer bits"):
        single(Saturate(3, 0, 9), (3,), lo=0, hi=1 << 60)


@pytest.mark.parametrize(("beyond", "moved"), [("over", -1), ("under", 1)])
def test_rejects_a_code_within_its_range_when_the_rest_is_called_beyond(beyond, moved):
    network = single(Saturate(0, -7, 5), (6,))
    case = lowered(network, {"x0": np.array([-9, -3, 0, 2, 8, 9])})
    columns = {column.name: column for column in case.ranged}
    code, rest = columns["out"], columns[f"out.{beyond}.limb0"]
    case.check()
    changed = replace(case, witness=case.corrupted(code, 2, moved))
    with pytest.raises(RelationFails, match="vanish"):
        changed.check(changed.corrupted(rest, 2, 1))


def test_padding_never_wins():
    x = np.array([[[-9, -8, -7]]])
    assert out(MaxPool((3,), (1,), (1,), (1,), (1,), -100), x).tolist() == [[[-8, -7, -7]]]


def test_extremes_are_those_of_their_rows():
    x = rng().integers(-128, 128, (2, 3, 4))
    assert np.array_equal(out(ReduceMax((0, 2)), x), x.max(axis=(0, 2), keepdims=True))
    assert np.array_equal(out(ReduceMax((1,), smallest=True), x), x.min(axis=1, keepdims=True))


def test_a_window_in_the_padding_is_refused():
    with pytest.raises(UsageError, match="outside of its input"):
        single(MaxPool((2,), (1,), (1,), (2,), (0,), -128), (1, 1, 4))


def test_slopes_differ_by_sign():
    x, op = np.array([[-3, 5]]), Slopes(np.array([[2, 2]]), np.array([[7, 9]]))
    assert out(op, x).tolist() == [[-6, 45]]


def test_sums_beyond_a_table_are_refused():
    with pytest.raises(UsageError, match="quantise to fewer bits"):
        single(Rescale(1, 0, 9), (3,), lo=0, hi=1 << 24)


@pytest.mark.parametrize("before", [(), (Rescale(1, -30, 30),), (Transpose((0, 2, 1)), Rescale(1, -30, 30))])
def test_a_model_that_gives_codes_shows_codes(before):
    network = single(Combine((1,)), (1, 2, 3), before=before)
    codes = replace(network, outputs=(replace(network.outputs[0], zero_point=7),))
    x = inputs_of(network, rng())
    case = lowered(codes, x)
    every_change_is_refused(case, rng(2))
    assert case.witness.outputs[0] == tuple((network.run(x)["out"] + 7).reshape(-1).tolist())
    assert case.lowered.statement.outputs[0].zero_point == 7


@pytest.mark.parametrize("shape", [(1,), (4,), (5,), (2, 6), (3, 4), ()])
@pytest.mark.parametrize("entries", [1, 6])
@pytest.mark.parametrize("images", [1, 2])
def test_rows_of_a_table(shape, entries, images):
    op = Embedding(small(7, entries))
    line = () if len(shape) == 1 else (Reshape((prod(shape),)),)
    network = single(op, shape, lo=0, hi=6, before=line)
    x = inputs_of(network, rng(), images)
    case = lowered(network, x, images)
    every_change_is_refused(case, rng(2))
    values = next(iter(x.values()))
    assert np.array_equal(np.array(case.witness.outputs[0]).reshape(*values.shape, entries), op.table[values])


@pytest.mark.parametrize("table", [small(1, 6), small(7)])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(UsageError, match="is no table"):
        single(Embedding(table), (3,), lo=0, hi=0)


def test_indices_beyond_a_table_are_refused():
    with pytest.raises(UsageError, match="the table has 7 rows"):
        single(Embedding(small(7, 6)), (3,), lo=0, hi=7)


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_value_that_is_cut_into_limbs_is_committed_again_where_a_table_reads_it(bits):
    # As wide as a plan's limbs it is a column itself; narrower limbs leave a copy to compute, whatever the plan.
    function = Apply(-4000, 4000, small(8001))
    network = single(function, (3, 4), lo=-4000, hi=4000, before=(ReduceMax((1,)),))
    case = lowered(network, inputs_of(network, rng()), plan=Plan(12, bits, frozenset()))
    every_change_is_refused(case, rng(2))


def test_tensors_whose_axes_were_cut_differently_are_added():
    ports = Port("x", "x", (2, 5, 3), -9, 9, 1.0), Port("z", "z", (3, 5, 2), -9, 9, 1.0)
    nodes = []
    for port in ports:
        nodes.append(Node(f"{port.name}.turned", Transpose((0, 2, 1)), (port.tensor,)))
        nodes.append(Node(f"{port.name}.rows", Reshape((6, 5)), (f"{port.name}.turned",)))
    nodes.append(Node("out", Combine((1, 1)), ("x.rows", "z.rows")))
    network = Network(ports, tuple(nodes), (Port("y", "out", (6, 5), -18, 18, 1.0, public=True),))
    every_change_is_refused(lowered(network, inputs_of(network, rng(5))), rng(6))
