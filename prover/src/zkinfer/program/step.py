"""What a program is made of: steps, each of which lowers itself to relations and computes its part of the witness."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.builder import Builder
from zkinfer.program.values import Pending, Value

Integers = NDArray[np.int64]


class Step(Protocol):
    """One integer operator of a program."""

    @property
    def name(self) -> str:
        """The layer that the step comes from, for messages and column names."""

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Add the step's columns and relations, and put its result among the values."""

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """Compute the step's tensor, and the integers of every value that it commits, by value name.

        Tensors have the shapes of their columns: (positions, channels), or (entries,).
        """


@dataclass(frozen=True)
class Program:
    """Integer operators in order, from one hidden input to one public output.

    input_shape: as in the model; input_range: the integers that the input may hold, part of what is proved.
    """

    steps: tuple[Step, ...]
    input_shape: tuple[int, ...]
    input_range: tuple[int, int]
