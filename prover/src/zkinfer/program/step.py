"""A chain of steps, each of which lowers itself to relations and computes its part of the witness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zkinfer.graph.graph import Graph
from zkinfer.graph.integers import input_to_integers
from zkinfer.program.builder import Builder
from zkinfer.program.program import Committed, Integers, Program
from zkinfer.program.values import Pending, Value
from zkinfer_verify.errors import UsageError

INPUT = "input"
OUTPUT = "output"


class Step(Protocol):
    """One integer operator of a chain."""

    @property
    def name(self) -> str:
        """The layer that the step comes from, for messages and column names."""

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Add the step's columns and relations, and put its result among the values."""

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """Compute the step's tensor, and the integers of every value that it commits, by value name.

        Tensors have the shapes of their columns: (positions, channels), or (entries,).
        """

    def weights(self) -> Mapping[str, NDArray[Any]]:
        """Return the integers of the columns of weights that the step commits, by column name."""


@dataclass(frozen=True)
class Chain(Program):
    """Integer operators in order, from one hidden input to one public output.

    input_range: the integers that the input may hold, part of what is proved; padded: whether a step reads past an
    image's edge.
    """

    graph: Graph
    steps: tuple[Step, ...]
    input_range: tuple[int, int]
    padded: bool = False

    @property
    def model(self) -> Graph:
        """The layers."""
        return self.graph

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The input's shape, as in the model."""
        return self.graph.input_shape

    def apart(self, images: int) -> bool:
        """Apart, a sliding axis is one image's, and so are the weights that a verifier computes along it.

        Images that follow one another take fewer cells, but not when they are a power of two.
        """
        return self.padded or images.bit_count() == 1

    def lower(self, builder: Builder) -> None:
        """Lower every step."""
        values: dict[str, Value | Pending] = {}
        for step in self.steps:
            step.lower(builder, values)

    def read(self, x: Any, images: int) -> list[Integers]:
        """Check shape and range; return each input as int64 in its columns' layout."""
        x = input_to_integers(only_input(self.graph.input, x))
        if images == 1:
            return [check_input(self, x)]
        if x.shape != (images, *self.input_shape):
            raise UsageError(f"The inputs have shape {tuple(x.shape)}, the keys take {images} of {self.input_shape}.")
        return [check_input(self, image) for image in x]

    def run(self, x: Integers) -> tuple[Committed, Sequence[Integers]]:
        """Run every step; the output is the last one's."""
        tensors, committed = {INPUT: x}, Committed()
        for step in self.steps:
            step.execute(tensors, committed)
        return committed, [tensors[OUTPUT]]

    def public(self, outputs: Sequence[Sequence[Integers]], count: int) -> list[Integers]:
        """One output for all inputs, or one for each."""
        stacked = np.stack([out for (out,) in outputs])
        return list(stacked.reshape(count, -1))

    def weight_arrays(self) -> dict[str, NDArray[Any]]:
        """Return those of all steps."""
        return {name: array for step in self.steps for name, array in step.weights().items()}

    def images_in(self, shape: tuple[int, ...]) -> int:
        """Inputs that are proved together have an axis in front."""
        return shape[0] if shape[1:] == self.input_shape else 1


def only_input(name: str, x: Any) -> Any:
    """Return the one input of a chain, which may be given by its name.

    Errors: UsageError for other names.
    """
    if not isinstance(x, Mapping):
        return x
    if set(x) != {name}:
        given = ", ".join(map(repr, x)) or "nothing"
        raise UsageError(f"The network takes one input named {name!r}, got {given}; pass {{{name!r}: array}}.")
    return x[name]


def check_input(chain: Chain, x: Integers) -> Integers:
    """Check an input's shape and range; return it as int64 in its columns' layout.

    Errors: UsageError naming the index of a value out of range, not the value: it is secret.
    """
    if x.shape != chain.input_shape:
        raise UsageError(f"The input has shape {tuple(x.shape)}, the network takes {chain.input_shape}.")
    lo, hi = chain.input_range
    outside = np.argwhere((x < lo) | (x > hi))
    if len(outside):
        raise UsageError(
            f"The input's entry at index {tuple(map(int, outside[0]))} is outside of the range {lo}..{hi} that "
            f"setup fixed ({len(outside)} entries are); clip the input or run setup with a wider --input-range."
        )
    return (
        np.ascontiguousarray(x, dtype=np.int64).reshape(-1, x.shape[2])
        if x.ndim == 3
        else x.astype(np.int64).reshape(-1)
    )
