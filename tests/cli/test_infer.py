"""zkinfer infer prints exact integers where the network has them."""

import json

import numpy as np
import pytest

from tests.cli.command_line import error_sentence, write_small_model, zkinfer
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.graph.graph import FullyConnected, sequential


@pytest.fixture
def folder(tmp_path):
    write_small_model(tmp_path)
    return tmp_path


def expected() -> list[int]:
    x = np.array([[1, 0, 2, -1], [3, 1, 0, 2], [-2, 1, 1, 0], [0, 2, -1, 1]])
    kernel = np.arange(9).reshape(3, 3) - 4
    hidden = [max(0, int(np.sum(x[i : i + 3, j : j + 3] * kernel))) for i in range(2) for j in range(2)]
    return [5 + int(np.dot([1, 2, 3, 4], hidden)), 6 + int(np.dot([-1, 0, 1, -2], hidden))]


@pytest.mark.parametrize("options", [[], ["--plain"]])
@pytest.mark.parametrize("name", ["input.json", "input.npy"])
def test_prints_integers_and_their_display(options, name, folder):
    done = zkinfer("infer", "model.json", name, *options, folder=folder, check=0)
    integers, display = done.stdout.splitlines()
    assert integers.split() == ["integers", *map(str, expected())]
    norm = np.linalg.norm(expected())
    assert [float(word) for word in display.split()[1:]] == pytest.approx([v / norm for v in expected()], abs=1e-8)
    assert done.stderr == ""


def test_prints_one_json_object(folder):
    record = json.loads(zkinfer("infer", "model.json", "input.json", "--json", folder=folder, check=0).stdout)
    assert record["outputs"]["integers"] == expected()
    assert np.linalg.norm(record["outputs"]["display"]) == pytest.approx(1)
    assert record["shape"] == [2]
    assert set(record["seconds"]) == {"read", "run"}


def test_runs_a_network_of_floats(tmp_path):
    write_nn_json(sequential((2,), [FullyConnected(np.array([[0.5, 2.0]]))]), tmp_path / "model.json")
    (tmp_path / "input.json").write_text("[1, 3]")
    done = zkinfer("infer", "model.json", "input.json", folder=tmp_path, check=0)
    assert done.stdout == "display   6.5\n"
    record = json.loads(zkinfer("infer", "model.json", "input.json", "--json", folder=tmp_path, check=0).stdout)
    assert record["outputs"] == {"integers": None, "display": [6.5]}


def test_rejects_an_input_when_its_shape_differs(folder):
    (folder / "input.json").write_text("[1, 2]")
    done = zkinfer("infer", "model.json", "input.json", folder=folder, check=2)
    assert "shape (2), but the network takes (4, 4, 1)" in error_sentence(done)


def test_rejects_files_in_the_wrong_order(folder):
    done = zkinfer("infer", "input.json", "model.json", folder=folder, check=2)
    assert "input.json: unknown key 'v'" in error_sentence(done)


def test_rejects_missing_files_in_an_empty_folder(tmp_path):
    done = zkinfer("infer", "model.json", "input.json", folder=tmp_path, check=2)
    assert "model.json: cannot be read" in error_sentence(done)
