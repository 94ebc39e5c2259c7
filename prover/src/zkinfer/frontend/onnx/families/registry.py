"""The register of operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zkinfer.frontend.onnx.model import OnnxNode
    from zkinfer.frontend.onnx.translator import Translator

Family = Callable[["OnnxNode", "Translator"], None]
FAMILIES: dict[str, Family] = {}
"""The function that translates a node, by the operator's name."""


def family(*op_types: str) -> Callable[[Family], Family]:
    """Register a function as the translation of some operators."""

    def register(function: Family) -> Family:
        FAMILIES.update(dict.fromkeys(op_types, function))
        return function

    return register
