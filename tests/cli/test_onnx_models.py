"""ONNX models on the command line: from the file to a verified proof, several inputs, what is shown and what is not."""

import json

import numpy as np
import onnxruntime
import pytest
from typer.testing import CliRunner

from tests.cli.command_line import zkinfer
from tests.cli.networks import write_network
from zkinfer.cli.main import app


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    write_network(folder)
    zkinfer("setup", "model.onnx", "-o", "keys", folder=folder, check=0)
    return folder


def record(*arguments, folder):
    return json.loads(zkinfer(*arguments, "--json", folder=folder, check=0).stdout)


def runtime(folder, name):
    """Return what onnxruntime gives on an .npz file."""
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    with np.load(folder / name) as arrays:
        return [array.reshape(-1).tolist() for array in session.run(None, dict(arrays))]


def test_infers_what_onnxruntime_gives(folder):
    outputs = record("infer", "model.onnx", "both.npz", folder=folder)["outputs"]
    assert outputs["names"] == ["class/scores", "vector"]
    assert [np.ravel(values).tolist() for values in outputs["display"]] == runtime(folder, "both.npz")
    named = ("--input", "image=image.npy", "--input", "features=features.npy")
    assert record("infer", "model.onnx", *named, folder=folder)["outputs"] == outputs
    assert record("check", "keys", *named, folder=folder)["fine"] is True


def test_proves_several_inputs_at_once(folder):
    zkinfer("prove", "keys", "both.npz", "other.npz", "-o", "two", folder=folder, check=0)
    done = record("verify", "two.zks", "two", "--model", "model.onnx", folder=folder)
    assert done["accepted"] is True
    expected = [a + b for a, b in zip(runtime(folder, "both.npz"), runtime(folder, "other.npz"), strict=True)]
    assert [list(values) for values in done["outputs"]["display"]] == expected


def test_shows_a_label_and_a_public_input_alone(folder):
    options = ("--public-input", "features", "--hide-output", "vector", "--reveal", "class/scores=threshold:0.5")
    done = record("setup", "model.onnx", "-o", "label", *options, folder=folder)
    assert [fact.split(":")[0] for fact in done["public"]] == [
        "the network and its weights",
        "features",
        "class/scores.threshold",
        "the context that the proof is bound to",
    ]
    assert [fact.split(":")[0] for fact in done["hidden"]] == ["image", "every value between input and output"]
    zkinfer("prove", "label", "both.npz", "-o", "proof", folder=folder, check=0)
    verified = record("verify", "label/statement.zks", "proof", "--model", "model.onnx", folder=folder)
    scores, _ = runtime(folder, "both.npz")
    with np.load(folder / "both.npz") as arrays:
        features = np.rint(arrays["features"] * 32).astype(int).reshape(-1).tolist()
    assert verified["outputs"]["integers"] == [features, [int(score >= 0.5) for score in scores]]
    assert record("setup", "model.onnx", "-o", "all", folder=folder)["model_id"] == done["model_id"]
    explained = zkinfer("explain", "label/statement.zks", folder=folder, check=0).stdout
    assert "class/scores.threshold:0.5: 3 integers" in explained and "image: shape (1, 6)" in explained


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("setup", "model.onnx", "-o", "k", "--hide-output", "nothing"), "no output 'nothing'; it has 'class/scores'"),
        (("setup", "model.onnx", "-o", "k", "--public-input", "x"), "no input 'x'; it has 'image', 'features'"),
        (("setup", "model.onnx", "-o", "k", "--reveal", "vector"), "A label is revealed by NAME=LABEL"),
        (("setup", "model.onnx", "-o", "k", "--reveal", "vector=best"), "'best' is no label of output 'vector'"),
        (("setup", "model.onnx", "-o", "k", "--reveal", "vector=threshold:x"), "A threshold is a number"),
        (
            ("setup", "model.onnx", "-o", "k", "--hide-output", "vector", "--hide-output", "class/scores"),
            "Every output is hidden",
        ),
        (("setup", "model.onnx", "-o", "k", "--input-range", "-500..500"), "is no range within it"),
        (("setup", "model.onnx", "-o", "k", "--shape", "image=1,7"), "does not fit what it reads"),
        (("infer", "model.onnx", "image.npy"), "takes several inputs, 'image', 'features'"),
        (("infer", "model.onnx"), "Pass the input as a file"),
        (("infer", "model.onnx", "--input", "image"), "A named input is NAME=FILE"),
        (("infer", "model.onnx", "both.npz", "--plain"), "leave --plain out"),
        (("prove", "keys", "both.npz", "image.npy", "-o", "p"), "image.npy: has shape (1, 6) and both.npz has image"),
    ],
)
def test_says_what_does_not_fit(arguments, sentence, folder, monkeypatch):
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, [*arguments, "-q"])
    assert done.exit_code == 2 and sentence in done.stderr


def test_rejects_a_proof_about_another_model(folder, tmp_path):
    data = bytearray((folder / "model.onnx").read_bytes())
    weights = data.find(np.random.default_rng(3).integers(-9, 10, (6, 4)).astype(np.int8).tobytes())
    data[weights] ^= 1
    (tmp_path / "other.onnx").write_bytes(data)
    zkinfer("prove", "keys", "both.npz", "-o", "one", folder=folder, check=0)
    done = zkinfer(
        "verify", folder / "keys/statement.zks", folder / "one", "--model", "other.onnx", folder=tmp_path, check=1
    )
    assert "the statement is about model" in done.stderr
