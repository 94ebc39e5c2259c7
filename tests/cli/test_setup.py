"""zkinfer setup writes all its files or none."""

import json
import resource
import subprocess

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.cli.command_line import PROGRAM, error_sentence, write_small_model, zkinfer
from tests.cli.proving import names
from zkinfer import api
from zkinfer.cli.main import app
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.graph.graph import FullyConnected, sequential

FILES = {"keys/statement.zks", "keys/weights.zkw", "keys/weights.code"}


@pytest.fixture
def folder(tmp_path):
    write_small_model(tmp_path)
    return tmp_path


def test_writes_statement_and_keys(folder):
    before = names(folder)
    done = zkinfer("setup", "model.json", "-o", "keys", "--input-range", "-5..4", folder=folder, check=0)
    assert names(folder) - before == FILES
    assert "peak memory" in done.stdout and "soundness" in done.stdout
    assert "of memory" in done.stderr  # what to expect was said


def test_prints_one_json_object(folder):
    done = zkinfer("setup", "model.json", "-o", "keys", "--json", "-q", folder=folder, check=0)
    record = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(record["bytes"]) == {"statement.zks", "weights.zkw", "weights.code"}
    assert record["peak_memory_bytes"] > 0 and record["soundness_bits"] >= 100
    assert record["seconds"]["total"] == pytest.approx(sum(record["seconds"]["by_step"].values()))
    assert len(record["statement"]) == len(record["model_id"]) == 64


def test_the_same_model_gives_the_same_statement(folder):
    for keys in ("one", "two"):
        zkinfer("setup", "model.json", "-o", keys, folder=folder, check=0)
    assert (folder / "one" / "statement.zks").read_bytes() == (folder / "two" / "statement.zks").read_bytes()
    assert (folder / "one" / "weights.code").read_bytes() == (folder / "two" / "weights.code").read_bytes()


def test_rejects_float_weights_by_layer_and_index(tmp_path):
    write_nn_json(sequential((2,), [FullyConnected(np.array([[1.0, 0.5]]))]), tmp_path / "model.json")
    done = zkinfer("setup", "model.json", "-o", "keys", folder=tmp_path, check=2)
    assert "Layer full1 (fully_connected): weights[0, 1] is not an integer" in error_sentence(done)
    assert names(tmp_path) == {"model.json"}


def test_rejects_sums_that_could_pass_half_of_p(tmp_path):
    big = np.full((1, 2), 2**40)
    write_nn_json(
        sequential((2,), [FullyConnected(big), FullyConnected(np.full((1, 1), 2**40))]), tmp_path / "model.json"
    )
    done = zkinfer("setup", "model.json", "-o", "keys", folder=tmp_path, check=2)
    assert "Layer full2: its sums can reach" in error_sentence(done)
    assert "narrow --input-range" in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--input-range", "4..-5"], "LO..HI with LO <= HI"),
        (["--input-range", "8"], "LO..HI with LO <= HI"),
        (["--profile", "toy"], "has no soundness"),
        (["--profile", "fast"], "profile 'fast' is unknown"),
        (["--memory", "lots"], "A size is a number of bytes such as 2GB"),
    ],
)
def test_rejects_bad_options(options, sentence, folder):
    done = zkinfer("setup", "model.json", "-o", "keys", *options, folder=folder, check=2)
    assert sentence in error_sentence(done)
    assert not (folder / "keys").exists()


def test_stops_before_it_would_pass_the_memory_limit(folder):
    done = zkinfer("setup", "model.json", "-o", "keys", "--memory", "1MB", "-q", folder=folder, check=2)
    assert "more than the limit of 1 MB" in error_sentence(done)
    assert not (folder / "keys").exists()


def test_rejects_a_missing_model(tmp_path):
    done = zkinfer("setup", "model.json", "-o", "keys", folder=tmp_path, check=2)
    assert "model.json: cannot be read" in error_sentence(done)


def test_rejects_a_file_where_the_folder_should_be(folder):
    (folder / "keys").write_text("")
    done = zkinfer("setup", "model.json", "-o", "keys", "-q", folder=folder, check=2)
    assert "keys: cannot be made a folder" in error_sentence(done)


@pytest.mark.parametrize("limit", [100_000, 1000])  # the code does not fit; the model does not fit
def test_leaves_nothing_on_a_full_disk(limit, folder):
    before = names(folder)
    done = subprocess.run(
        [*PROGRAM, "setup", "model.json", "-o", "keys", "-q"],
        cwd=folder,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 2
    assert "cannot be written (File too large); free some space" in error_sentence(done)
    assert names(folder) == before


def test_leaves_nothing_when_interrupted(folder, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "encode_weights", interrupt)
    before = names(folder)
    done = CliRunner().invoke(app, ["setup", str(folder / "model.json"), "-o", str(folder / "keys"), "-q"])
    assert done.exit_code == 2
    assert done.stderr == "zkinfer: Interrupted; nothing was written.\n"
    assert names(folder) == before
