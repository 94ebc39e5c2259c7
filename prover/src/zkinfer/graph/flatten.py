"""Flatten: one axis instead of many."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Operator, Shape


@dataclass(frozen=True)
class Flatten(Operator):
    """The same entries in row-major order: height, width, channel."""

    layer_type: ClassVar[str] = "flatten"
    short_name: ClassVar[str] = "flatten"

    def output_shape(self, shape: Shape, where: str) -> Shape:
        """(number of entries,)."""
        return (math.prod(shape),)
