"""Relu: negative entries become zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Operator, Shape


@dataclass(frozen=True)
class Relu(Operator):
    """out[i] = max(x[i], 0), for a tensor of any shape."""

    layer_type: ClassVar[str] = "relu"
    short_name: ClassVar[str] = "relu"

    def output_shape(self, shape: Shape, where: str) -> Shape:
        """The input's shape."""
        return shape
