"""Names in a file are text: protobuf does not look, and gives bytes or raises wherever one is used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from onnx import ModelProto, TensorProto

from zkinfer_verify.errors import UsageError


def require_texts(model: ModelProto, path: Path) -> None:
    """Errors: UsageError that names the file, for a text at any depth that is no UTF-8."""
    try:
        bad = not _is_text(model)
    except UnicodeDecodeError:  # of lists, at the first look
        bad = True
    if bad:
        raise UsageError(f"{path}: a name in the file is no text (UTF-8); it is damaged: export it again.")


def _is_text(message: Any) -> bool:
    if isinstance(message, TensorProto):  # whose data is not to be copied by looking at it
        return _are_str([message.name]) and all(map(_is_text, message.external_data))
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING and not _are_str(values):
            return False
        if field.type == field.TYPE_MESSAGE and not all(map(_is_text, values)):
            return False
    return True


def _are_str(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
