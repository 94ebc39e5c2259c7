"""Normalize: a vector of length one in the same direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Operator, Shape, check_rank


@dataclass(frozen=True)
class Normalize(Operator):
    """out[i] = x[i] / sqrt(sum_j x[j]^2); a zero vector has no direction and stays zero."""

    layer_type: ClassVar[str] = "normalize"
    short_name: ClassVar[str] = "normalize"

    def output_shape(self, shape: Shape, where: str) -> Shape:
        """The input's shape, which has one axis."""
        check_rank(shape, 1, "one axis", where)
        return shape
