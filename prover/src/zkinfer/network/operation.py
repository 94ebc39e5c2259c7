"""What every integer operator of a network can say of itself: shape and range, its integers, and its relations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from zkinfer.graph.operator import Array, Shape

if TYPE_CHECKING:
    from zkinfer.network.lowering import Lowering, Operand, Sum

Integers = NDArray[np.int64]
Record = Callable[[str, Integers], None]
"""Takes an integer tensor that is committed beside the output, by its suffix."""


@dataclass(frozen=True)
class Spec:
    """What is known of a tensor before it is computed: its shape, and the range [lo, hi] of its integers."""

    shape: Shape
    lo: int
    hi: int

    @property
    def size(self) -> int:
        """The number of entries."""
        return prod(self.shape)

    @property
    def peak(self) -> int:
        """The largest absolute value."""
        return max(abs(self.lo), abs(self.hi))


class Operation(ABC):
    """A rule from integer tensors to one integer tensor, with its settings and constants as the fields of a dataclass.

    Tensors have the shapes of the model, batch axis included. Integers are exact: `spec` bounds every one of them.
    """

    kind: ClassVar[str]

    @abstractmethod
    def spec(self, inputs: Sequence[Spec], where: str) -> Spec:
        """Return the output's shape and range.

        Errors: UsageError that starts with `where`, for inputs that do not fit.
        """

    @abstractmethod
    def execute(self, inputs: Sequence[Integers], record: Record) -> Integers:
        """Compute the output, and record every other tensor that `lower` commits, by the same suffix."""

    @abstractmethod
    def lower(self, lowering: Lowering, name: str, inputs: Sequence[Operand | Sum]) -> Operand | Sum:
        """Add columns and relations; columns are named `name`, or `name.suffix` with a suffix that is recorded."""

    def constants(self) -> Mapping[str, Array]:
        """Return the arrays that are committed as weights, by suffix, in the shapes in which they are laid out."""
        return {}

    def content(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """Return settings and arrays by field: what identifies the operator."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
        return {name: value for name, value in values.items() if name not in arrays}, arrays


def ignore(suffix: str, values: Integers) -> None:
    """Record nothing."""


def interval(bounds: Sequence[int]) -> tuple[int, int]:
    """Return the smallest and the largest of some bounds."""
    return min(bounds), max(bounds)
