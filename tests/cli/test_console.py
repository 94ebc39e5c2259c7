"""What stands before every command: arguments that do not fit, and a person who interrupts while it is being read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import zkinfer
from zkinfer.cli import main as command_line

ROOT = Path(__file__).resolve().parents[2]
# Control-C reaches the process when it imports a module.
INTERRUPTED = """
import os, signal, sys
class Person:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Person())
from {package} import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("package", "modules"),
    [
        ("zkinfer_console", ["zkinfer", "numpy", "zkinfer.cli.main", "typer"]),
        ("zkinfer_verify.entry", ["zkinfer_verify.cli", "zkinfer_verify.field.prime", "argparse"]),
    ],
)
def test_who_interrupts_while_a_command_is_read_sees_no_trace(package, modules, tmp_path):
    for module in modules:
        program = [sys.executable, "-c", INTERRUPTED.format(module=module, package=package), "--version"]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (130, "", ""), module


@pytest.mark.parametrize("package", ["zkinfer_console", "zkinfer_verify.entry"])
def test_who_does_not_interrupt_gets_the_command(package, tmp_path):
    program = [sys.executable, "-c", INTERRUPTED.format(module="no such module", package=package), "--version"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("zkinfer")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("prove", "--json"), "Missing argument 'KEYS'."),
        (("prove", "keys", "input.npy", "--json"), "Missing option '--output' / '-o'."),
        (("setup", "model.json", "-o", "keys", "--json", "--sideways"), "No such option: --sideways."),
        (("inspect", "model.json", "--json", "--threads", "0"), "Invalid value for '--threads': "),
        (("divine", "--json"), "No such command 'divine'."),
        (("bench", "matvec", "--json", "--sideways"), "No such option: --sideways."),
    ],
    ids=range(6),
)
def test_arguments_that_do_not_fit_are_told_as_json_where_it_is_asked_for(arguments, sentence, tmp_path):
    done = zkinfer(*arguments, folder=tmp_path, check=2)
    (line,) = done.stdout.splitlines()
    told = json.loads(line)["error"]
    assert told["kind"] == "usage" and told["message"].startswith(sentence)
    assert "Usage: " in done.stderr
    people = zkinfer(*(a for a in arguments if a != "--json"), folder=tmp_path, check=2)
    assert (people.stdout, people.stderr) == ("", done.stderr)


def test_wrong_usage_is_said_even_when_its_reader_has_left(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "-c", "from zkinfer_console import main; main()", "prove", "--json"]
    done = subprocess.run(program, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert done.returncode == 2 and "Missing argument 'KEYS'" in done.stderr and "Traceback" not in done.stderr


def test_what_aborts_before_a_command_begins_is_an_interruption(monkeypatch):
    def abort(**_):
        raise command_line.typer.Abort

    monkeypatch.setattr(command_line, "app", abort)
    with pytest.raises(KeyboardInterrupt):
        command_line.main()


def test_the_packages_name_these_entries():
    prover, verifier = ((ROOT / name / "pyproject.toml").read_text() for name in ("prover", "verifier"))
    assert (
        'zkinfer = "zkinfer_console:main"' in prover and '"zkinfer_console"' in prover.partition("python-packages")[2]
    )
    assert 'zkinfer-verify = "zkinfer_verify.entry:main"' in verifier
