"""zkinfer inspect, and what every command does alike: help, options, errors, pipes and interruption."""

import io
import json
import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from tests.cli.command_line import PROGRAM, error_sentence, write_small_model, zkinfer
from zkinfer.cli.main import app
from zkinfer.cli.run import Run, command
from zkinfer_verify.errors import InternalError, ProofError, UsageError


@pytest.fixture
def folder(tmp_path):
    write_small_model(tmp_path)
    return tmp_path


def test_prints_the_layer_table(folder):
    done = zkinfer("inspect", "model.json", folder=folder, check=0)
    assert done.stderr == ""
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["layer", "output", "shape", "parameters", "multiplications"],
        ["conv", "1x3x3x1", "(2,", "2,", "1)", "9", "36"],
        ["max-pool", "(2,", "2,", "1)", "0", "0"],
        ["relu", "(2,", "2,", "1)", "0", "0"],
        ["flatten", "(4)", "0", "0"],
        ["full", "2x4", "(2)", "10", "8"],
        ["normalize", "(2)", "0", "3"],
        ["total", "(2)", "19", "47"],
    ]


def test_prints_one_json_object(folder):
    done = zkinfer("inspect", "model.json", "--json", "-v", folder=folder, check=0)
    record = json.loads(done.stdout)
    assert record["layers"][0] == {
        "name": "conv 1x3x3x1",
        "output_shape": [2, 2, 1],
        "parameters": 9,
        "multiplications": 36,
    }
    assert (record["parameters"], record["multiplications"]) == (19, 47)
    assert done.stderr.startswith("read: ")


def test_help_is_shown_for_no_arguments_and_on_request(tmp_path):
    for arguments in ([], ["--help"], ["-h"]):
        done = zkinfer(*arguments, folder=tmp_path)
        text = done.stdout + done.stderr
        for name in ("reference", "inspect", "infer"):
            assert name in text
        assert done.returncode == (0 if arguments else 2)


def test_the_help_says_of_each_command_a_whole_sentence():
    for group in ([], ["bench"]):
        commands = CliRunner().invoke(app, [*group, "--help"]).output.partition("Commands:")[2].split("\n")[1:-1]
        assert commands and all(line.endswith(".") and not line.endswith("..") for line in commands), commands


def test_every_command_takes_the_shared_options():
    for info in app.registered_commands:
        text = CliRunner().invoke(app, [str(info.name), "--help"]).output
        for option in ("--json", "--threads", "--verbose", "--quiet"):
            assert option in text, info.name


def test_prints_its_version(tmp_path):
    done = zkinfer("--version", folder=tmp_path, check=0)
    assert done.stdout.startswith("zkinfer 0.")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nosuch"], "No such command 'nosuch'"),
        (["inspect"], "Missing argument"),
        (["inspect", "model.json", "--threads", "0"], "--threads"),
        (["inspect", "model.json", "--nosuch"], "--nosuch"),
    ],
)
def test_rejects_a_command_line(arguments, reason, folder):
    done = zkinfer(*arguments, folder=folder, check=2)
    assert done.stdout == ""
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_rejects_a_file_in_one_sentence_and_shows_the_trace_only_when_verbose(tmp_path):
    (tmp_path / "model.json").write_text('{"layers": [')
    done = zkinfer("inspect", "model.json", folder=tmp_path, check=2)
    assert "model.json: not valid JSON at line 1, column 13" in error_sentence(done)
    assert "Traceback" in zkinfer("inspect", "model.json", "-v", folder=tmp_path, check=2).stderr
    failed = zkinfer("inspect", "model.json", "--json", folder=tmp_path, check=2)
    assert json.loads(failed.stdout)["error"]["kind"] == "usage"


@pytest.mark.parametrize("name", ["missing.json", "model.onnx", "model"])
def test_rejects_a_path_when_it_names_no_model(name, tmp_path):
    assert name in error_sentence(zkinfer("inspect", name, folder=tmp_path, check=2))


def test_limits_its_threads(folder):
    assert zkinfer("inspect", "model.json", "--threads", "1", folder=folder, check=0).stdout != ""


def test_a_reader_that_leaves_is_no_news(folder):
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*PROGRAM, "inspect", "model.json"], cwd=folder, stdout=write_end, stderr=subprocess.PIPE, timeout=60
    )
    os.close(write_end)
    assert (done.stderr, done.returncode) == (b"", 2)


# (what a command raises, its exit code, its sentence)
ENDINGS = [
    (ProofError("the root differs"), 1, "The proof is rejected: the root differs"),
    (UsageError("x: wrong; do\n  this."), 2, "x: wrong; do this."),
    (FileNotFoundError(2, "No such file or directory", "x"), 2, "x: the system refused (No such file or directory)"),
    (MemoryError(), 2, "Not enough memory"),
    (KeyboardInterrupt(), 2, "Interrupted; nothing was written."),
    (InternalError("a sum is odd"), 3, "A bug in zkinfer: InternalError: a sum is odd"),
    (ZeroDivisionError("division by zero"), 3, "A bug in zkinfer: ZeroDivisionError"),
]


@pytest.mark.parametrize(("error", "code", "sentence"), ENDINGS, ids=[type(ending[0]).__name__ for ending in ENDINGS])
def test_every_error_ends_in_one_sentence_and_its_exit_code(error, code, sentence, capsys):
    @command
    def fail(run: Run) -> None:
        run.on_error["accepted"] = False
        raise error

    with pytest.raises(typer.Exit) as ending:
        fail(json=True, threads=None, verbose=False, quiet=True)
    assert ending.value.exit_code == code
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith(f"zkinfer: {sentence}")
    assert json.loads(captured.out)["accepted"] is False


def test_steps_are_timed_and_shown_on_a_terminal_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for file, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", file)
        run = Run()
        with run.step("multiply", total=2) as advance:
            advance(1)
        with run.step("multiply") as advance:
            advance(1)
        assert list(run.seconds) == ["multiply"]
        assert ("multiply" in file.getvalue()) == shown
