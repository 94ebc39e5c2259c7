"""The inputs of a network as a command takes them: one file for an input, or one for each of several named inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zkinfer.frontend.inputs import Given, read_input, read_inputs
from zkinfer_verify.errors import UsageError


def read_arguments(files: Sequence[Path] | None, named: Sequence[str] | None) -> Given:
    """Read INPUT files, or the files of `--input NAME=FILE` options.

    Errors: UsageError for both, neither, another form or a name that comes twice; as `read_inputs`.
    """
    if bool(files) == bool(named):
        raise UsageError("Pass the input as a file; or a file for each of several inputs, --input NAME=FILE.")
    if files:
        return read_inputs(files)
    arrays: Given = {}
    for text in named or ():
        name, sign, file = text.rpartition("=")
        if not (name and sign and file):
            raise UsageError(f"A named input is NAME=FILE, such as image=photo.npy, not {text!r}.")
        if name in arrays:
            raise UsageError(f"--input gives input {name!r} twice; give it once.")
        arrays[name] = read_input(Path(file))
    return arrays
