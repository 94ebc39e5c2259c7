"""Which frontend reads a model file."""

from __future__ import annotations

import os
from pathlib import Path

from zkinfer.frontend.nn_json import read_nn_json
from zkinfer.graph.graph import Graph
from zkinfer_verify.errors import UsageError


def load(path: str | os.PathLike[str]) -> Graph:
    """The network in a model file, chosen by the file's extension.

    Errors: UsageError that names the file, and the layer where there is one.
    """
    path = Path(path)
    match path.suffix.lower():
        case ".json":
            return read_nn_json(path)
        case ".onnx":
            raise UsageError(f"{path}: ONNX models are not supported yet; use the .json interchange format.")
    raise UsageError(f"{path}: a model is a .json file; the extension {path.suffix!r} is not known.")
