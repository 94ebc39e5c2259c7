"""Calibration data: arrays in files and folders, for one input or by the names of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zkinfer.frontend.inputs import read_given
from zkinfer.graph.graph import Array
from zkinfer_verify.errors import UsageError

ENDINGS = (".npy", ".npz", ".json")


def read_calibration(paths: Sequence[Path]) -> list[tuple[str, Mapping[str, Array]]]:
    """Return each file's arrays by input name, empty where the file names none, with the file's name for messages.

    A folder stands for its files in the order of their names. Errors: UsageError for a folder without data and for a
    file that is not .npy, .npz or .json, or broken.
    """
    return [(str(path), _arrays(path)) for path in _files(paths)]


def _files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        found = sorted(file for file in path.iterdir() if file.suffix.lower() in ENDINGS) if path.is_dir() else [path]
        if not found:
            raise UsageError(f"{path}: the folder holds no {', '.join(ENDINGS)} file; name one with calibration data.")
        files += found
    return files


def _arrays(path: Path) -> Mapping[str, Array]:
    given = read_given(path)
    return given if isinstance(given, dict) else {"": given}
