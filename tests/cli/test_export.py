"""zkinfer export: a .json model as an ONNX model that gives the same integers."""

import json

import pytest

from attacks.networks import integers
from tests.cli.command_line import error_sentence, zkinfer
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.graph.graph import Flatten, FullyConnected, Relu, sequential

CHAIN = sequential((2, 3, 1), [Relu(), Flatten(), FullyConnected(integers(1, 4, 6), integers(2, 4))])


def test_the_exported_model_is_read_like_the_one_it_was(tmp_path):
    write_nn_json(CHAIN, tmp_path / "model.json")
    written = json.loads(zkinfer("export", "model.json", "-o", "m.onnx", "--json", folder=tmp_path, check=0).stdout)
    assert written["bytes"] == (tmp_path / "m.onnx").stat().st_size
    again = zkinfer("export", "m.onnx", "-o", "n.onnx", folder=tmp_path, check=2)
    assert "m.onnx: is an ONNX model already" in error_sentence(again)
    assert "give it the extension .onnx" in error_sentence(
        zkinfer("export", "model.json", "-o", "m.pb", folder=tmp_path, check=2)
    )


@pytest.mark.slow
def test_the_reference_network_gives_its_integers_and_their_display(tmp_path):
    zkinfer("reference", "-o", ".", folder=tmp_path, check=0)
    zkinfer("export", "model.json", "-o", "model.onnx", folder=tmp_path, check=0)
    first, second = (
        zkinfer("infer", f"model.{kind}", "input.json", folder=tmp_path, check=0) for kind in ("onnx", "json")
    )
    assert first.stdout.splitlines() == second.stdout.splitlines()
    assert first.stdout.startswith("integers  -9404869  -11033050  -34374361  -20396580  70483360\n")
