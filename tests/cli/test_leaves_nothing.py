"""What commands leave behind of a secret input: nothing, in no file, stream or log, also when they are killed.

The interpreter's own audit events say which files a process opens to write. The input holds a number that stands
nowhere else; it is looked for as text and as a word of memory.
"""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.command_line import zkinfer
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.graph.graph import FullyConnected, Relu, sequential

SENTINEL = 19753
"""Odd, so no length of anything; as text it counts where no digit, point or letter of a digest is next to it."""
TOO_LARGE = 98765432101
AUDITED = """
import os, signal, sys
LOG = os.open("opened", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
KILL_AT = sys.argv.pop(1)
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path, mode, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or set(mode or "") & set("wax+"):
            os.write(LOG, os.fsencode(path) + b"\\n")
    if event == KILL_AT:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from zkinfer.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with model.json and keys/; the output is the second entry alone."""
    folder = tmp_path_factory.mktemp("keys")
    weights = np.array([[0, 1], [0, -1]])
    write_nn_json(sequential((2,), [FullyConnected(weights), Relu()]), folder / "model.json")
    zkinfer("setup", "model.json", "-o", "keys", "--input-range=0..20000", "-q", folder=folder, check=0)
    return folder


def audited(folder: Path, kill_at: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in an empty folder of its own, temporary files included."""
    (folder / "home").mkdir()
    (folder / "tmp").mkdir()
    np.save(folder / "input.npy", np.array([SENTINEL, 3]))
    environment = {
        **os.environ,
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-c", AUDITED, kill_at, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120)


def opened(folder: Path) -> list[str]:
    return (folder / "opened").read_text().splitlines()


def shows(data: bytes) -> bool:
    """Whether the number stands in there, as text in decimal or hexadecimal, or as a word of 4 or 8 bytes."""
    text = re.search(rb"(?<![0-9a-f.])(?:19753(?![0-9a-f])|0x4d29|1\.9753e)", data)
    return bool(text) or struct.pack("<i", SENTINEL) in data or struct.pack("<d", SENTINEL) in data


def leavings(folder: Path) -> dict[str, bytes]:
    """Every file but the input that was given."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("input.npy", "opened")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_proving_writes_the_proof_alone_and_shows_nothing_of_the_input(keys: Path, tmp_path: Path) -> None:
    arguments = ("prove", str(keys / "keys"), "input.npy", "-o", "proof", "--json", "-v")
    done = audited(tmp_path, "never", *arguments)
    assert done.returncode == 0, done.stderr
    assert not shows(done.stdout) and not shows(done.stderr)
    left = leavings(tmp_path)
    assert set(left) == {"proof"} and not shows(left["proof"])
    assert {re.sub(r"\d+", "PID", Path(path).name) for path in opened(tmp_path)} == {".proof.PID.tmp"}
    for path in (keys / "keys").iterdir():
        assert not shows(path.read_bytes()), path.name


def test_a_killed_prover_leaves_nothing_of_the_input(keys: Path, tmp_path: Path) -> None:
    """Killed with the proof written and not yet named: the worst moment, since before it no file is there."""
    done = audited(tmp_path, "os.rename", "prove", str(keys / "keys"), "input.npy", "-o", "proof", "-v")
    assert done.returncode == -9
    left = leavings(tmp_path)
    assert [re.sub(r"\d+", "PID", name) for name in left] == [".proof.PID.tmp"]
    assert not any(shows(data) for data in left.values())


@pytest.mark.parametrize("command", ["prove", "check"])
def test_an_input_out_of_range_is_named_by_its_place_only(keys: Path, tmp_path: Path, command: str) -> None:
    """With -v too, which prints the trace, and --json."""
    np.save(tmp_path / "wrong.npy", np.array([0, TOO_LARGE]))
    arguments = [
        command,
        str(keys / "keys"),
        "wrong.npy",
        *(["-o", "proof"] if command == "prove" else []),
        "-v",
        "--json",
    ]
    done = zkinfer(*arguments, folder=tmp_path, check=2)
    said = done.stdout + done.stderr
    assert str(TOO_LARGE) not in said and "(1,)" in said
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.npy"]


def test_the_number_is_found_where_it_stands() -> None:
    assert shows(str(SENTINEL).encode()) and shows(f"{SENTINEL:.4e}".encode()) and shows(hex(SENTINEL).encode())
    assert shows(np.array([1, SENTINEL]).tobytes()) and shows(np.array([1.0, SENTINEL]).tobytes())
