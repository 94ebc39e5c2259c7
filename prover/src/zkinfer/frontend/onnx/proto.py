"""An ONNX file as the protobuf that the packages of ONNX take, its claims checked and its dimensions fixed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # ships no types
from onnx import ModelProto, inliner

from zkinfer.frontend.files import read_file
from zkinfer.frontend.onnx.claims import check_claims, load_external
from zkinfer.frontend.onnx.dimensions import fix_dimensions, open_inputs
from zkinfer.frontend.onnx.parse import refused
from zkinfer.graph.graph import Shape
from zkinfer_verify.errors import UsageError


def read_proto(path: Path, shapes: Mapping[str, Shape]) -> tuple[ModelProto, list[str]]:
    """Return the model with its constants inside and a number for every dimension of its inputs; and what was assumed.

    Errors: UsageError that names the file, the input and the remedy.
    """
    model = ModelProto()
    try:
        model.ParseFromString(read_file(path))
    except DecodeError:
        raise UsageError(f"{path}: this is not an ONNX file, or it is cut short; export the model again.") from None
    if not model.HasField("graph") or not model.opset_import:
        raise UsageError(f"{path}: the file holds no network; is it an ONNX model?")
    check_claims(model, path)
    load_external(model, path)
    with refused(path, "its functions cannot be inlined"):
        model = inliner.inline_local_functions(model) if model.functions else model
    inputs = open_inputs(model.graph, {tensor.name: None for tensor in model.graph.initializer})
    return model, fix_dimensions(inputs, shapes, path)
