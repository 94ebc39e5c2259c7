"""From the bytes of an ONNX file to a protobuf whose claims hold: sizes, folders, versions.

A file may claim anything. What it claims is compared with what it has before memory is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # ships no types
from onnx import (
    ModelProto,
    TensorProto,
    defs,
    helper,
    numpy_helper,
)

from zkinfer.frontend.files import read_file
from zkinfer.frontend.onnx.claims import check_claims, load_external
from zkinfer.frontend.onnx.convert import converted
from zkinfer.frontend.onnx.functions import inlined, written_out
from zkinfer.frontend.onnx.texts import require_texts
from zkinfer.graph.graph import Array
from zkinfer_verify.errors import UsageError, ZkinferError

LEAST_OPSET = 13
"""The oldest meaning of operators that translators know; older files are converted to it."""
NOISE = re.compile(r"^.*(?:\[\w+Error\]|Assertion .* failed:)\s*")
"""Where in the package onnx a message comes from."""
SMALL = 1024
"""A constant of up to so many entries may tell a shape, which the converter must see."""


def parse(path: Path) -> tuple[ModelProto, dict[str, Array]]:
    """Return the model of an opset that is read, without local functions, and its constants.

    Large constants stand in the protobuf as inputs. Errors: UsageError that names the file, the place and the remedy.
    """
    model = decoded(path)
    constants = _large(model)
    opset = opset_of(model)
    for entry in model.opset_import:
        if not 0 < entry.version < 1 << 31:
            raise UsageError(
                f"{path}: {entry.version} is no version of operators; the file is damaged: export it again."
            )
    if opset > defs.onnx_opset_version():
        raise UsageError(
            f"{path}: the model is of opset {opset}, the installed package onnx knows {defs.onnx_opset_version()}; "
            "upgrade the package, or export for an older opset."
        )
    if opset < LEAST_OPSET:
        _require_known(model, opset, path)
        with refused(path, f"opset {opset} cannot be converted to {LEAST_OPSET}"):
            model = converted(model, opset, LEAST_OPSET)
    with refused(path, "its functions cannot be inlined"):
        model = written_out(inlined(model, path))
    # The converter adds some of its own.
    constants |= {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    return model, constants


def decoded(path: Path) -> ModelProto:
    """Return what a file holds, with all of its constants inside, once its claims are checked.

    Errors: UsageError that names the file, the place and the remedy.
    """
    model = ModelProto()
    try:
        model.ParseFromString(read_file(path))
    except DecodeError:
        raise UsageError(f"{path}: this is not an ONNX file, or it is cut short; export the model again.") from None
    if not model.HasField("graph") or not model.opset_import:
        raise UsageError(f"{path}: the file holds no network; is it an ONNX model?")
    require_texts(model, path)
    check_claims(model, path)
    load_external(model, path)
    return model


@contextmanager
def refused(where: object, what: str) -> Iterator[None]:
    """Turn whatever the package onnx raises in this block into a UsageError of one sentence."""
    try:
        yield
    except (ZkinferError, MemoryError):
        raise
    except Exception as error:  # the package promises no type
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = (NOISE.sub("", lines[0]) if lines else type(error).__name__).rstrip(".;:")
        raise UsageError(f"{where}: {what}: {reason}; correct the file or export it again.") from None


def opset_of(model: ModelProto) -> int:
    """Return the version of the standard operators that a model is written in."""
    return max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=LEAST_OPSET)


def _require_known(model: ModelProto, opset: int, path: Path) -> None:
    """Errors: UsageError for a node that the converter has no definition of."""
    for node in model.graph.node:
        if node.domain in ("", "ai.onnx") and not defs.has(node.op_type, opset, ""):
            raise UsageError(
                f"{path}: node {node.name or node.output[:1]} ({node.op_type}): opset {opset} has no such operator, so "
                f"that it cannot be converted to {LEAST_OPSET}; export the model for that opset."
            )


def _large(model: ModelProto) -> dict[str, Array]:
    """Move the large constants out of the protobuf, which the converter and the inliner copy."""
    graph, large, small = model.graph, dict[str, Array](), list[TensorProto]()
    inputs = {value.name for value in graph.input}
    for tensor in graph.initializer:
        if prod(tensor.dims) <= SMALL:
            small.append(tensor)
            continue
        large[tensor.name] = numpy_helper.to_array(tensor)
        if tensor.name not in inputs:
            graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims)))
    del graph.initializer[:]
    graph.initializer.extend(small)
    return large
