"""An ONNX file as the protobuf that the packages of ONNX take, its claims checked and its dimensions fixed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from onnx import ModelProto

from zkinfer.frontend.onnx.dimensions import fix_dimensions, open_inputs
from zkinfer.frontend.onnx.functions import inlined
from zkinfer.frontend.onnx.parse import decoded, refused
from zkinfer.graph.graph import Shape


def read_proto(path: Path, shapes: Mapping[str, Shape]) -> tuple[ModelProto, list[str]]:
    """Return the model with its constants inside and a number for every dimension of its inputs; and what was assumed.

    Errors: UsageError that names the file, the input and the remedy.
    """
    model = decoded(path)
    with refused(path, "its functions cannot be inlined"):
        model = inlined(model, path)
    inputs = open_inputs(model.graph, {tensor.name: None for tensor in model.graph.initializer})
    return model, fix_dimensions(inputs, shapes, path)
