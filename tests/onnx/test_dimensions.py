"""Every dimension is a number: the file's, the caller's, that of its symbol, or 1 for a batch axis that is open."""

import pytest

from tests.onnx.models import graph, model, node, read

TWO = graph([node("Mul", "x mask", "y")], {"x": ["n", "length", 3], "mask": ["n", "length", 1]}, "y")


def test_a_symbol_has_the_value_that_a_shape_gives_it_in_every_input(tmp_path):
    found = read(tmp_path, model(TWO), x=(2, 5, 3))
    assert (found.shapes["x"], found.shapes["mask"], found.shapes["y"]) == ((2, 5, 3), (2, 5, 1), (2, 5, 3))
    assert found.notes == ()


@pytest.mark.parametrize("symbol", ["batch", "", "?", "-1", None])
def test_the_batch_axis_alone_is_taken_as_one_and_said_so(symbol, tmp_path):
    found = read(tmp_path, model(graph([node("Relu", "x", "y")], {"x": [symbol, 3]}, "y")))
    assert found.shapes["y"] == (1, 3)
    shown = symbol if symbol == "batch" else "?"
    assert found.notes == (f"The batch axis ({shown}) of input 'x' is taken as 1; --shape gives another.",)


def test_symbols_that_say_nothing_bind_nothing(tmp_path):
    inputs = {"x": ["?", "?", 3], "mask": ["?", "?", 1]}
    found = read(tmp_path, model(graph([node("Mul", "x mask", "y")], inputs, "y")), x=(2, 5, 3), mask=(2, 1, 1))
    assert found.shapes["y"] == (2, 5, 3)


def test_a_dimension_of_zero_is_open(tmp_path):
    found = read(tmp_path, model(graph([node("Relu", "x", "y")], {"x": [0, 3]}, "y")))
    assert found.shapes["y"] == (1, 3)


def test_a_given_shape_prevails_over_the_files_and_is_said_so(tmp_path):
    found = read(tmp_path, model(graph([node("Relu", "x", "y")], {"x": [10, 3]}, "y")), x=(1, 3))
    assert found.shapes["y"] == (1, 3)
    assert found.notes == ("Axis 0 of input 'x' is 10 in the file, 1 by --shape.",)


def test_an_input_without_a_rank_takes_the_given_shape(tmp_path):
    found = read(tmp_path, model(graph([node("Relu", "x", "y")], {"x": None}, "y")), x=(4, 3))
    assert found.shapes["y"] == (4, 3)


def test_a_constant_that_may_be_given_is_no_input(tmp_path):
    proto = model(graph([node("Add", "x c", "y")], {"x": [2], "c": [2]}, "y", {"c": [1.0, 2.0]}))
    assert read(tmp_path, proto).inputs == ("x",)
