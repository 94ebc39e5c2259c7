"""Which frontend reads a model file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from zkinfer.frontend.nn_json import read_nn_json
from zkinfer.graph.graph import Graph, Shape
from zkinfer.network.network import Network
from zkinfer_verify.errors import UsageError


def load(path: str | os.PathLike[str], shapes: Mapping[str, Shape] | None = None) -> Graph | Network:
    """The network in a model file, chosen by the file's extension; shapes: of inputs that an ONNX file leaves open.

    Errors: UsageError that names the file, and the layer where there is one.
    """
    path = Path(path)
    match path.suffix.lower():
        case ".json":
            if shapes:
                raise UsageError(f"{path}: the shapes of this file are its own; leave --shape to ONNX files.")
            return read_nn_json(path)
        case ".onnx":
            # Only here: it brings every operator family, and packages that no other model needs.
            from zkinfer.frontend.onnx.translate import load_onnx

            return load_onnx(path, shapes)
    raise UsageError(f"{path}: a model is an .onnx or .json file; the extension {path.suffix!r} is not known.")
