"""Weights and inputs become integers exactly, or the place that is none is named."""

import numpy as np
import pytest

from zkinfer.graph.graph import Convolution, FullyConnected, Relu, sequential
from zkinfer.graph.integers import BLOCK, input_to_integers, to_integers
from zkinfer_verify.errors import UsageError


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([-128, 127], np.int8),
        ([-129, 0], np.int16),
        ([0, 128], np.int16),
        ([0, 1 << 15], np.int32),
        ([-(1 << 31) - 1], np.int64),
        ([(1 << 53) - 1], np.int64),
    ],
)
@pytest.mark.parametrize("stored", [np.int64, np.float64])
def test_takes_the_smallest_type_that_holds_the_values(values, dtype, stored):
    out = input_to_integers(np.array(values, dtype=stored))
    assert out.dtype == dtype
    assert out.tolist() == values


def test_converts_every_weight_and_bias():
    ops = [Convolution(np.full((2, 1, 1, 1), 300.0), np.array([1.0, -2.0])), Relu()]
    graph = to_integers(sequential((1, 1, 1), ops))
    assert graph == sequential((1, 1, 1), ops)
    assert graph.nodes[0].op.kernel.dtype == np.int16
    assert graph.nodes[0].op.bias.dtype == np.int8
    full = to_integers(sequential((1,), [FullyConnected(np.ones((2, 1)))]))
    assert full.nodes[0].op.weights.dtype == np.int8
    assert full.nodes[0].op.bias is None


@pytest.mark.parametrize("wrong", [0.5, 2.0**53, -(2.0**53), np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("place", [0, BLOCK + 5])
def test_rejects_weights_when_one_is_no_safe_integer(wrong, place):
    weights = np.zeros((2, BLOCK))
    weights.reshape(-1)[place] = wrong
    with pytest.raises(UsageError) as error:
        to_integers(sequential((BLOCK,), [Relu(), FullyConnected(weights)]))
    index = divmod(place, BLOCK)
    assert f"Layer full1 (fully_connected): weights[{index[0]}, {index[1]}]" in str(error.value)
    assert "later release" in str(error.value)


def test_rejects_an_input_without_showing_its_value():
    with pytest.raises(UsageError) as error:
        input_to_integers(np.array([[1.0, 2.0], [3.0, 0.123456]]))
    assert "The input[1, 1] is not an integer" in str(error.value)
    assert "0.12" not in str(error.value)


@pytest.mark.parametrize("wrong", [np.array(["a"]), np.array([True]), np.array([1j]), np.array([{}])])
def test_rejects_an_input_when_it_holds_no_real_numbers(wrong):
    with pytest.raises(UsageError, match="not real numbers"):
        input_to_integers(wrong)


def test_rejects_integers_that_a_float_would_round():
    with pytest.raises(UsageError, match=r"The input\[1\] is not a number under 2\^53"):
        input_to_integers(np.array([0, 1 << 60], dtype=np.uint64))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [([], "holds no numbers"), (np.zeros((2, 0)), "holds no numbers"), ([[1], [1, 2]], "lists of different lengths")],
)
def test_refuses_an_input_that_is_empty_or_uneven(wrong, message):
    with pytest.raises(UsageError, match=message):
        input_to_integers(wrong)
