"""What `zkinfer accuracy` measures: noise, equal codes and answers, by hand and on small models."""

import json
from dataclasses import replace
from math import log10

import numpy as np
import pytest
from onnx import ModelProto, helper, numpy_helper
from typer.testing import CliRunner

from tests.cli.networks import quantised_model
from zkinfer.cli.main import app
from zkinfer.frontend.onnx.translate import load_with_tensors
from zkinfer.network.network import Network
from zkinfer.network.rescale import Rescale
from zkinfer.report.accuracy.figures import Answers, Codes, Noise
from zkinfer.report.accuracy.measure import Compared

SAMPLES = 12


def test_noise_is_the_power_of_the_difference():
    noise = Noise()
    noise.add(np.array([3.0, 0.0]), np.array([3.0, 1.0]))
    noise.add(np.array([4.0]), np.array([2.0]))
    assert noise.decibels == pytest.approx(10 * log10(25 / 5)) and noise.worst == 2.0
    exact = Noise()
    exact.add(np.ones(2), np.ones(2))
    assert exact.decibels == float("inf")


def test_codes_are_counted():
    codes = Codes()
    codes.add(np.array([1, 2, 3]), np.array([1, 2, 3]))
    codes.add(np.array([5]), np.array([-2]))
    assert (codes.equal, codes.worst) == (0.75, 7)


def test_answers_agree_and_are_right_or_not():
    answers = Answers("scores")
    answers.add({"float": 1, "proved": 1}, label=1)
    answers.add({"float": 1, "proved": 0}, label=0)
    answers.add({"float": 2, "proved": 2}, label=None)
    assert answers.same == {"float = proved": 2} and answers.samples == 3
    assert answers.right == {"float": 1, "proved": 2} and answers.labelled == 2


def samples():
    random = np.random.default_rng(8)
    return [
        {"image": random.normal(size=(1, 6)).astype(np.float32), "features": random.normal(size=(1, 4)).astype("f4")}
        for _ in range(SAMPLES)
    ]


def float_model() -> ModelProto:
    """The quantised model without its rounding: the real weights, and identities where codes were."""
    model = quantised_model()
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    nodes = [helper.make_node("Identity", [f"{name}_real_constant"], [f"{name}_real"]) for name in ("w", "v")]
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear":
            held = node.output[0].replace("_codes", "_held")
            nodes.append(helper.make_node("Identity", [node.input[0]], [held]))
        elif node.op_type != "DequantizeLinear":
            nodes.append(node)
    constants = [
        numpy_helper.from_array(values[name] * values["scale"], f"{name}_real_constant") for name in ("w", "v")
    ]
    graph = helper.make_graph(nodes, "float", model.graph.input, model.graph.output, constants)
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=8)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "q.onnx").write_bytes(quantised_model().SerializeToString())
    (tmp_path / "float.onnx").write_bytes(float_model().SerializeToString())
    np.savez(tmp_path / "data.npz", **{name: np.stack([s[name] for s in samples()]) for name in samples()[0]})
    (tmp_path / "labels.json").write_text(json.dumps([0] * SAMPLES))
    return tmp_path


def accuracy(folder, *options):
    return CliRunner().invoke(app, ["accuracy", str(folder / "q.onnx"), str(folder / "data.npz"), *map(str, options)])


def test_compares_three_models(folder):
    done = accuracy(folder, "--float", folder / "float.onnx", "--labels", folder / "labels.json", "--json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert [layer["tensor"] for layer in record["layers"]] == ["product", "embedding", "scores"]
    for layer in record["layers"]:
        assert layer["alone"]["equal"] == layer["whole"]["equal"] == 1.0
        assert 20 < layer["against_float"]["decibels"] < 80 and layer["against_float"]["worst"] > 0
    scores, vector = record["outputs"]
    assert (scores["output"], vector["output"]) == ("class/scores", "vector")
    assert set(scores["same_largest"]) == {"float = quantised", "float = proved", "quantised = proved"}
    assert scores["same_largest"]["quantised = proved"] == 1.0
    assert set(scores["right"]) == {"float", "quantised", "proved"} and vector["right"] == {}
    assert 0 <= scores["right"]["proved"] < 1


def test_draws_and_prints_a_table(folder):
    done = accuracy(folder, "--plot", folder / "layers.png")
    assert done.exit_code == 0, done.output
    assert (folder / "layers.png").read_bytes()[:4] == b"\x89PNG"
    assert "embedding" in done.stdout and f"(12 of {SAMPLES})" in done.stdout


def test_sees_an_operation_that_rounds_otherwise(folder):
    network, tensors = load_with_tensors(folder / "q.onnx")

    def cut(node):
        return replace(node, op=replace(node.op, shift=node.op.shift + 1)) if isinstance(node.op, Rescale) else node

    wrong = Network(network.inputs, tuple(map(cut, network.nodes)), network.outputs)
    layers = Compared(wrong, tensors, quantised_model()).layers(samples(), lambda count: None)
    assert min(layer.alone.equal for layer in layers) < 0.9 and max(layer.alone.worst for layer in layers) > 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--labels", "few.json"), "give one index for each of the 12 samples"),
        (("--plot", "layers.pdf"), "a plot is a .png file"),
        (("--plot", "missing/layers.png"), "there is no folder missing"),
        (("--float", "other.onnx"), "has other outputs than"),
    ],
)
def test_says_what_does_not_fit(options, sentence, folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "few.json").write_text("[1, 2]")
    other = float_model()
    del other.graph.output[1:]
    (folder / "other.onnx").write_bytes(other.SerializeToString())
    done = accuracy(folder, *options)
    assert done.exit_code == 2 and sentence in done.stderr
