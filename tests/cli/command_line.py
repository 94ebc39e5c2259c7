"""The command line as its users meet it: a process with arguments, a folder and pipes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from zkinfer.frontend.nn_json_writer import write_array_json, write_nn_json
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, MaxPool, Normalize, Relu, sequential

PROGRAM = [sys.executable, "-c", "from zkinfer.cli.main import main; main()"]


def zkinfer(*arguments: object, folder: Path, check: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run zkinfer in `folder` without a terminal; `check` is the exit code it must have."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert check is None or done.returncode == check, done.stderr
    return done


def error_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that failed, with nothing on standard output."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("zkinfer: ")
    assert line.endswith(".")
    return line


def write_small_model(folder: Path) -> None:
    """model.json, input.json and input.npy in `folder`: a network of a few integer weights."""
    kernel = np.arange(9).reshape(1, 3, 3, 1) - 4
    weights = np.array([[1, 2, 3, 4], [-1, 0, 1, -2]])
    ops = [Convolution(kernel), MaxPool((1, 1)), Relu(), Flatten(), FullyConnected(weights, np.array([5, 6]))]
    graph = sequential((4, 4, 1), [*ops, Normalize()])
    x = np.array([[1, 0, 2, -1], [3, 1, 0, 2], [-2, 1, 1, 0], [0, 2, -1, 1]]).reshape(4, 4, 1)
    write_nn_json(graph, folder / "model.json")
    write_array_json(x, folder / "input.json")
    np.save(folder / "input.npy", x)
