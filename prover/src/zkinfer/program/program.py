"""What the stages need of a program: integer relations for the statement, integers for the witness, and its weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.graph.graph import Graph
from zkinfer.network.network import Network
from zkinfer.program.builder import Builder

Model = Graph | Network
"""What can be proved: a chain of layers in integers, or operations on integer tensors of any shape."""

Integers = NDArray[np.int64]
Committed = dict[str, Integers]
"""The integers of every value that is committed, by its name, in the layout of its columns."""


class Program(ABC):
    """A network in integers, ready to be lowered with any plan and run on any input."""

    @property
    @abstractmethod
    def model(self) -> Model:
        """The network that the program is of, as it is proved."""

    def apart(self, images: int) -> bool:
        """Whether inputs that are proved together have an axis of their own, instead of following one another."""
        return True

    @abstractmethod
    def lower(self, builder: Builder) -> None:
        """Add the network's columns and relations, for `builder.images` inputs."""

    @abstractmethod
    def read(self, x: Any, images: int) -> list[Any]:
        """Check the inputs that are proved together, and return what `run` takes for each.

        x: an array, or arrays by the inputs' names; of several inputs, along a first axis.
        Errors: UsageError naming the index of an entry that does not fit, not the entry: it is secret.
        """

    @abstractmethod
    def run(self, x: Any) -> tuple[Committed, Sequence[Integers]]:
        """Compute every committed value, and the public outputs, for one input."""

    @abstractmethod
    def public(self, outputs: Sequence[Sequence[Integers]], count: int) -> list[Integers]:
        """Return the integers of the statement's `count` public outputs, from those of each input."""

    @abstractmethod
    def weight_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the integers of every column of weights, by column name, in its layout."""

    @abstractmethod
    def images_in(self, shape: tuple[int, ...]) -> int:
        """Return how many inputs a statement is about whose first input has a shape; 1 where it has another.

        shape: of the first hidden input, or where there is none, of the first public one.
        """
