"""Operators that exporters write out as several nodes are put back, and nothing else is taken for them."""

import numpy as np
import pytest

from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, operators
from zkinfer.quantize.onnx.known import KNOWN, known_unary
from zkinfer.quantize.onnx.prepare import prepare
from zkinfer.quantize.onnx.runtime import run_model

F = np.float32
WRITTEN_OUT = {
    "Gelu": [
        node("Div", "x root", "a"),
        node("Erf", "a", "b"),
        node("Add", "b one", "c"),
        node("Mul", "x c", "d"),
        node("Mul", "d half", "y"),
    ],
    "Gelu tanh": [
        node("Mul", "x k", "a"),
        node("Mul", "x a", "b"),
        node("Mul", "x b", "c"),
        node("Add", "x c", "d"),
        node("Mul", "d r", "e"),
        node("Tanh", "e", "f"),
        node("Add", "f one", "g"),
        node("Mul", "g half", "h"),
        node("Mul", "x h", "y"),
    ],
    "Swish": [node("Sigmoid", "x", "a"), node("Mul", "a x", "y")],
    "HardSwish": [
        node("Add", "x three", "a"),
        node("Clip", "a zero six", "b"),
        node("Mul", "x b", "c"),
        node("Div", "c six", "y"),
    ],
    "HardSigmoid": [node("Add", "x three", "a"), node("Clip", "a zero six", "b"), node("Div", "b six", "y")],
    "Mish": [node("Softplus", "x", "a"), node("Tanh", "a", "b"), node("Mul", "x b", "y")],
    "LeakyRelu": [node("Mul", "x fifth", "a"), node("Max", "x a", "y")],
}
NUMBERS = {"root": 2**0.5, "one": 1, "half": 0.5, "k": 0.044715, "r": (2 / np.pi) ** 0.5}
NUMBERS |= {"three": 3, "zero": 0, "six": 6, "fifth": 0.2}


def pattern(nodes, extra=None, shape=(1, 3, 4)):
    read = {name for each in nodes for name in each.input}
    constants = {name: F(value) for name, value in NUMBERS.items() if name in read} | (extra or {})
    return model(graph(nodes, {"x": list(shape)}, "y", constants))


def prepared_the_same(proto, shape, scale=3.0):
    """The operators of the prepared model, which computes the same."""
    before = run_model(proto)
    result = prepare(type(proto).FromString(proto.SerializeToString()))
    for _ in range(3):
        x = {"x": draw(*shape, scale=scale)}
        np.testing.assert_allclose(run_model(result)(x)[0], before(x)[0], atol=1e-4, rtol=1e-4)
    return operators(result)


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_a_written_out_activation_is_one_operator(name):
    assert prepared_the_same(pattern(WRITTEN_OUT[name]), (1, 3, 4)) == [name.split()[0]]


def test_the_two_forms_of_gelu_are_told_apart():
    for name, approximate in (("Gelu", "none"), ("Gelu tanh", "tanh")):
        found = prepare(pattern(WRITTEN_OUT[name])).graph.node[0]
        assert {each.name: each.s.decode() for each in found.attribute}["approximate"] == approximate


def test_every_known_function_is_found_from_its_values():
    assert [known_unary(unary.function) for unary in KNOWN] == list(KNOWN)


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Sigmoid", "x", "a"), node("Mul", "a a", "y")],
        [node("Add", "x half", "a"), node("Sigmoid", "a", "b"), node("Mul", "b x", "y")],
        [node("Mul", "x half", "a"), node("Tanh", "a", "y")],
    ],
)
def test_what_is_like_an_activation_stays(nodes):
    before = [each.op_type for each in nodes]
    assert prepared_the_same(pattern(nodes), (1, 3, 4)) == before


def test_a_constant_for_each_channel_is_no_activation():
    nodes = [node("Mul", "x gains", "a"), node("Sigmoid", "a", "b"), node("Mul", "b x", "y")]
    found = prepared_the_same(pattern(nodes, {"gains": draw(1, 3, 1)}), (1, 3, 4))
    assert "Swish" not in found


def normalization(axis, *, squares=False):
    """A layer normalization by reductions: the variance as a mean of squared differences, or by the mean square."""
    start = [node("ReduceMean", "x", "mean", axes=[axis]), node("Sub", "x mean", "centred")]
    if squares:
        spread = [
            node("Mul", "x x", "xx"),
            node("ReduceMean", "xx", "square", axes=[axis]),
            node("Mul", "mean mean", "mm"),
            node("Sub", "square mm", "variance"),
        ]
    else:
        spread = [node("Mul", "centred centred", "cc"), node("ReduceMean", "cc", "variance", axes=[axis])]
    end = [
        node("Add", "variance epsilon", "positive"),
        node("Sqrt", "positive", "deviation"),
        node("Reciprocal", "deviation", "inverse"),
        node("Mul", "inverse gain", "factor"),
        node("Mul", "centred factor", "scaled"),
        node("Add", "scaled shift", "y"),
    ]
    return [*start, *spread, *end]


@pytest.mark.parametrize("squares", [False, True])
@pytest.mark.parametrize("axis", [1, 2])
def test_a_written_out_layer_normalization_is_one_operator(axis, squares):
    shape = (1, 6, 8)
    own = [1, 1, 1]
    own[axis] = shape[axis]
    constants = {"epsilon": F(1e-5), "gain": 1 + draw(*own), "shift": draw(*own)}
    proto = pattern(normalization(axis, squares=squares), constants, shape)
    moves = ["Transpose"] if axis == 1 else []
    assert prepared_the_same(proto, shape) == [*moves, "LayerNormalization", *moves]
    # Where the input is small, epsilon counts.
    found = next(each for each in prepare(proto).graph.node if each.op_type == "LayerNormalization")
    assert {each.name: each.f for each in found.attribute}["epsilon"] == pytest.approx(1e-5)


def test_a_gain_over_another_axis_is_no_layer_normalization():
    constants = {"epsilon": F(1e-5), "gain": 1 + draw(1, 6, 1), "shift": draw(1, 6, 1)}
    assert (
        "LayerNormalization" not in prepared_the_same(pattern(normalization(2), constants, (1, 6, 8)), (1, 6, 8))[1:2]
    )


def test_a_written_out_softmax_is_one_operator():
    nodes = [
        node("ReduceMax", "x", "most", axes=[1]),
        node("Sub", "x most", "a"),
        node("Exp", "a", "powers"),
        node("ReduceSum", "powers axes", "sum"),
        node("Div", "powers sum", "y"),
    ]
    proto = pattern(nodes, {"axes": np.array([1])}, (1, 5, 2))
    assert prepared_the_same(proto, (1, 5, 2)) == ["Softmax"]


def test_a_written_out_l2_normalization_is_one_operator():
    nodes = [node("ReduceL2", "x", "length", axes=[2]), node("Div", "x length", "y")]
    assert prepared_the_same(pattern(nodes, shape=(1, 2, 5)), (1, 2, 5)) == ["LpNormalization"]


def test_a_tensor_that_is_an_output_too_is_kept():
    nodes = [node("Sigmoid", "x", "a"), node("Mul", "a x", "y")]
    proto = model(graph(nodes, {"x": [1, 4]}, "y a"))
    assert operators(prepare(proto)) == ["Sigmoid", "Mul"]


def test_a_one_hot_product_and_what_follows_are_one_gather():
    nodes = [
        node("Unsqueeze", "x last", "column"),
        node("Equal", "column numbers", "hot"),
        node("Cast", "hot", "ones", to=1),
        node("MatMul", "ones table", "rows"),
        node("Add", "rows bias", "biased"),
        node("Tanh", "biased", "y"),
    ]
    constants = {
        "last": np.array([-1]),
        "numbers": np.arange(7)[None, None],
        "table": draw(7, 3),
        "bias": draw(1, 1, 3),
    }
    proto = model(graph(nodes, {"x": [1, 4]}, "y", constants, element=7))
    before = run_model(proto)
    result = prepare(type(proto).FromString(proto.SerializeToString()))
    codes = {"x": np.array([[0, 6, 3, 3]])}
    np.testing.assert_allclose(run_model(result)(codes)[0], before(codes)[0], atol=1e-6)
    assert [kind for kind in operators(result) if kind not in ("Unsqueeze", "Squeeze")] == ["Gather"]


def test_a_product_of_many_rows_with_a_bias_is_a_gemm():
    nodes = [node("MatMul", "x w", "p"), node("Add", "b p", "y")]
    proto = pattern(nodes, {"w": draw(4, 2), "b": draw(2)}, (1, 3, 4))
    assert prepared_the_same(proto, (1, 3, 4)) == ["Reshape", "Gemm", "Reshape"]


def test_a_product_that_others_read_keeps_its_sum():
    nodes = [node("MatMul", "x w", "p"), node("Add", "p b", "s"), node("Mul", "s p", "y")]
    proto = pattern(nodes, {"w": draw(4, 2), "b": draw(2)}, (1, 3, 4))
    assert "Add" in prepared_the_same(proto, (1, 3, 4))


def test_a_bias_in_one_row_is_a_vector():
    proto = pattern([node("Gemm", "x w b", "y")], {"w": draw(4, 2), "b": draw(1, 2)}, (3, 4))
    result = prepare(proto)
    assert [list(each.dims) for each in result.graph.initializer if each.name == result.graph.node[0].input[2]] == [[2]]


def test_older_operators_are_converted():
    nodes = [node("Clip", "x", "a", min=0.0, max=6.0), node("Softmax", "a", "y", axis=1)]
    proto = model(graph(nodes, {"x": [1, 4]}, "y"), opset=9)
    assert "Softmax" in operators(prepare(proto))
