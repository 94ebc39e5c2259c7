"""Full circle: a network is written to the interchange file, read back and equal."""

import os
import stat

import numpy as np
import orjson
import pytest

from zkinfer.frontend import json_text
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.load import load
from zkinfer.frontend.nn_json import read_nn_json
from zkinfer.frontend.nn_json_writer import write_array_json, write_nn_json
from zkinfer.frontend.reference import random_network
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, Graph, MaxPool, Node, Relu, sequential
from zkinfer.graph.integers import to_integers
from zkinfer_verify.errors import UsageError


def small_network() -> Graph:
    generator = np.random.default_rng(1)
    return sequential(
        (6, 8, 2),
        [
            Convolution(generator.normal(size=(4, 3, 5, 2))),
            Relu(),
            MaxPool((2, 2)),
            Flatten(),
            FullyConnected(generator.normal(size=(3, 16)), generator.normal(size=3)),
        ],
    )


@pytest.mark.slow
def test_a_network_with_random_weights_comes_back_equal(tmp_path):
    graph, x = random_network(20240229)
    write_nn_json(graph, tmp_path / "model.json")
    write_array_json(x, tmp_path / "input.json")
    again = read_nn_json(tmp_path / "model.json")
    assert again == graph
    assert again.nodes[7].op.weights.dtype == np.float64
    assert to_integers(again) == graph
    assert np.array_equal(read_input(tmp_path / "input.json"), x)


def test_floats_come_back_bit_for_bit(tmp_path):
    write_nn_json(small_network(), tmp_path / "model.json")
    assert load(tmp_path / "model.json") == small_network()
    write_nn_json(load(tmp_path / "model.json"), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "model.json").read_bytes()


def test_long_lists_read_apart_are_those_that_simdjson_reads(tmp_path, monkeypatch):
    generator = np.random.default_rng(2)
    weights = generator.normal(size=(40, 50)) * 10.0 ** generator.integers(-300, 300, (40, 50))
    weights[0, :6] = [0.0, -0.0, 5e-324, 1e308, 2.0**53 + 2, -1e22]
    write_nn_json(sequential((50,), [FullyConnected(weights, generator.integers(-9, 9, 40))]), tmp_path / "model.json")
    found = load(tmp_path / "model.json").nodes[0].op.weights
    monkeypatch.setattr(json_text, "LONG", 1 << 20)
    expected = load(tmp_path / "model.json").nodes[0].op.weights
    assert found.tobytes() == expected.tobytes() == weights.tobytes()


def test_numbers_are_written_as_floats(tmp_path):
    write_array_json(np.array([-10, 3], dtype=np.int8), tmp_path / "x.json")
    assert (tmp_path / "x.json").read_text() == '{"v":1,"dim":[2],"data":[-10.0,3.0]}'


def test_numbers_written_as_integers_are_read_too(tmp_path):
    (tmp_path / "x.json").write_text('{"v": 1, "dim": [3], "data": [-10, 3.5, 2]}')
    assert read_input(tmp_path / "x.json").tolist() == [-10.0, 3.5, 2.0]


def test_a_full_layer_needs_no_input_shape_and_may_come_first(tmp_path):
    layer = {
        "layer_type": "fully_connected",
        "weights": {"v": 1, "dim": [1, 2], "data": [1, 2]},
        "biases": {"v": 1, "dim": [1], "data": [3]},
    }
    (tmp_path / "model.json").write_bytes(orjson.dumps({"layers": [layer]}))
    assert load(tmp_path / "model.json") == sequential((2,), [FullyConnected(np.array([[1, 2]]), np.array([3]))])


def test_a_missing_bias_is_written_as_zeros(tmp_path):
    write_nn_json(sequential((2,), [FullyConnected(np.ones((3, 2)))]), tmp_path / "model.json")
    assert load(tmp_path / "model.json") == sequential((2,), [FullyConnected(np.ones((3, 2)), np.zeros(3))])


def test_a_written_file_obeys_the_umask(tmp_path):
    write_array_json(np.ones(1), tmp_path / "x.json")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "x.json").stat().st_mode) == 0o666 & ~umask


SHORT = np.ones((1, 3, 3, 1))
INEXPRESSIBLE = [
    ("a stride", sequential((5, 5, 1), [Convolution(SHORT, stride=(2, 2))]), "Layer conv1"),
    ("a padding", sequential((5, 5, 1), [Convolution(SHORT, padding=(1, 1, 1, 1))]), "Layer conv1"),
    ("a bias", sequential((5, 5, 1), [Convolution(SHORT, bias=np.ones(1))]), "Layer conv1"),
    ("an even kernel", sequential((5, 5, 1), [Convolution(np.ones((1, 2, 2, 1)))]), "odd kernels"),
    ("a window that is not square", sequential((4, 4, 1), [MaxPool((1, 2))]), "square windows"),
    ("a NaN", sequential((1,), [FullyConnected(np.array([[np.nan]]))]), "not finite"),
    ("an infinity", sequential((1,), [FullyConnected(np.array([[np.inf]]))]), "not finite"),
    ("a huge integer", sequential((1,), [FullyConnected(np.array([[1 << 53]]))]), "rounded"),
    ("a branch", Graph("x", (2,), (Node("a", Relu(), ("x",), "a"), Node("b", Relu(), ("x",), "b")), "b"), "chain"),
    (
        "an early output",
        Graph("x", (2,), (Node("a", Relu(), ("x",), "a"), Node("b", Relu(), ("a",), "b")), "a"),
        "chain",
    ),
]


@pytest.mark.parametrize(("graph", "reason"), [case[1:] for case in INEXPRESSIBLE], ids=[c[0] for c in INEXPRESSIBLE])
def test_writer_rejects_what_the_format_cannot_say_and_leaves_no_file(graph, reason, tmp_path):
    (tmp_path / "model.json").write_text("before")
    with pytest.raises(UsageError, match=reason):
        write_nn_json(graph, tmp_path / "model.json")
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]
    assert (tmp_path / "model.json").read_text() == "before"
