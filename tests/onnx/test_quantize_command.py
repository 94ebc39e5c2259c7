"""zkinfer quantize: calibration data in every form, what is written and said, and each refusal."""

import json

import numpy as np
import onnx
import pytest

from tests.cli.command_line import error_sentence, zkinfer
from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, unpaired_tensors
from zkinfer.frontend.calibration import read_calibration
from zkinfer.quantize.onnx.samples import RANDOM_SAMPLES, inputs_of, random_samples, samples_of
from zkinfer_verify.errors import UsageError


@pytest.fixture
def folder(tmp_path):
    """A float model with an open batch axis, and five samples."""
    nodes = [node("Gemm", "x w b", "h"), node("Sigmoid", "h", "y")]
    proto = model(graph(nodes, {"x": ["batch", 4]}, "y", {"w": draw(4, 3), "b": draw(3)}))
    onnx.save(proto, tmp_path / "model.onnx")
    np.save(tmp_path / "data.npy", draw(5, 4))
    return tmp_path


def test_it_writes_a_quantised_model_and_says_how_close_it_is(folder):
    arguments = ["--calibration", "data.npy", "-o", "q.onnx", "--scales", "pow2", "--preset", "mixed", "--json"]
    done = zkinfer("quantize", "model.onnx", *arguments, folder=folder, check=0)
    record = json.loads(done.stdout)
    written = onnx.load(folder / "q.onnx")
    onnx.checker.check_model(written)
    assert list(unpaired_tensors(written)) == []
    assert record["samples"] == 5 and record["bytes"] == (folder / "q.onnx").stat().st_size
    (output,) = record["outputs"]
    assert output["name"] == "y" and output["decibels"] > 25


def test_it_calibrates_on_random_numbers_only_when_told_and_warns(folder):
    done = zkinfer("quantize", "model.onnx", "-o", "q.onnx", folder=folder, check=2)
    assert "Give --calibration DATA" in error_sentence(done)
    done = zkinfer("quantize", "model.onnx", "--random-calibration", "-o", "q.onnx", folder=folder, check=0)
    assert "Warning: calibrated on random numbers" in done.stderr and "dB" in done.stdout


def test_a_model_that_is_refused_is_one_sentence_and_nothing_is_written(folder):
    nodes = [node("Add", "x a", "y")]
    proto = model(graph(nodes, {"x": [1, 4]}, "y", {"a": draw(3)}))
    onnx.save(proto, folder / "bad.onnx")
    done = zkinfer("quantize", "bad.onnx", "--random-calibration", "-o", "q.onnx", folder=folder, check=2)
    assert "bad.onnx: it cannot be quantised: " in done.stderr.splitlines()[-1] and done.stdout == ""
    assert not (folder / "q.onnx").exists()


def test_a_folder_that_is_missing_is_told_before_the_work(folder):
    arguments = ["--calibration", "data.npy", "-o", "missing/q.onnx"]
    done = zkinfer("quantize", "model.onnx", *arguments, folder=folder, check=2)
    assert "there is no folder missing; make it first" in error_sentence(done)


def test_scales_of_another_kind_are_refused(folder):
    arguments = ["--scales", "log", "--calibration", "data.npy", "-o", "q.onnx"]
    done = zkinfer("quantize", "model.onnx", *arguments, folder=folder, check=2)
    assert "'log' is not one of any, pow2" in error_sentence(done)


def ends(**inputs):
    """The inputs of a model that adds them all up in its own way."""
    nodes = [node("Identity", name, f"{name}_out") for name in inputs]
    return inputs_of(model(graph(nodes, inputs, " ".join(f"{name}_out" for name in inputs))))


ONE = {"x": [1, 2, 3]}


@pytest.mark.parametrize(("shape", "count"), [((1, 2, 3), 1), ((2, 3), 1), ((5, 2, 3), 5), ((5, 1, 2, 3), 5)], ids=str)
def test_an_array_is_one_sample_or_several(shape, count):
    found = samples_of([("file", {"": np.ones(shape)})], ends(**ONE))
    assert [sample["x"].shape for sample in found] == [(1, 2, 3)] * count
    assert all(sample["x"].dtype == np.float32 for sample in found)


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (1, 2, 4), (6,), (0, 2, 3), (1, 1, 1, 2, 3)], ids=str)
def test_another_shape_is_refused_with_the_inputs_name(shape):
    with pytest.raises(UsageError, match=r"file: has shape \(.*\), input 'x' has \(1, 2, 3\)"):
        samples_of([("file", {"": np.ones(shape)})], ends(**ONE))


def test_several_inputs_need_an_array_each(tmp_path):
    inputs = ends(x=[1, 2], z=[1, 3])
    np.savez(tmp_path / "both.npz", x=np.ones((4, 2)), z=np.ones((4, 3)))
    assert len(samples_of(read_calibration([tmp_path / "both.npz"]), inputs)) == 4
    with pytest.raises(UsageError, match="no array for input 'z'"):
        samples_of([("file", {"x": np.ones((1, 2))})], inputs)
    with pytest.raises(UsageError, match="2 of x, 3 of z"):
        samples_of([("file", {"x": np.ones((2, 2)), "z": np.ones((3, 3))})], inputs)


def test_integers_are_asked_for_integers():
    inputs = inputs_of(model(graph([node("Identity", "x", "y")], {"x": [1, 2]}, "y", element=7)))
    (sample,) = samples_of([("file", {"": np.array([[1.0, 2.0]])})], inputs)
    assert sample["x"].dtype == np.int64
    with pytest.raises(UsageError, match="input 'x' takes integers"):
        samples_of([("file", {"": np.array([[1.5, 2.0]])})], inputs)


def test_a_folder_is_its_files_in_order(tmp_path):
    for k in (2, 1):
        np.save(tmp_path / f"{k}.npy", np.full(3, k))
    (tmp_path / "3.json").write_text("[3, 3, 3]")
    (tmp_path / "notes.txt").write_text("no data")
    arrays = [next(iter(arrays.values())) for _, arrays in read_calibration([tmp_path])]
    assert [int(array[0]) for array in arrays] == [1, 2, 3]


def test_folders_and_files_without_data_are_refused(tmp_path):
    with pytest.raises(UsageError, match="the folder holds no"):
        read_calibration([tmp_path])
    (tmp_path / "bad.npz").write_bytes(b"PK nothing")
    with pytest.raises(UsageError, match=r"bad.npz: not an .npz file"):
        read_calibration([tmp_path / "bad.npz"])
    with pytest.raises(UsageError, match="cannot be read"):
        read_calibration([tmp_path / "none.npz"])


def test_random_samples_keep_to_the_table_they_are_looked_up_in():
    proto = model(graph([node("Gather", "t x", "y")], {"x": [1, 50]}, "y", {"t": draw(3, 2)}, element=7))
    found = random_samples(proto)
    assert len(found) == RANDOM_SAMPLES
    assert {int(code) for sample in found for code in sample["x"].reshape(-1)} == {0, 1, 2}
