"""What every operator of a Graph can say about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from zkinfer_verify.errors import UsageError

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


class Operator(ABC):
    """A layer's rule and its weights, without its place in a network."""

    layer_type: ClassVar[str]
    short_name: ClassVar[str]  # `sequential` names the first of its kind short_name + "1"

    @abstractmethod
    def output_shape(self, shape: Shape, where: str) -> Shape:
        """The shape this operator gives for an input of `shape`, or a UsageError that starts with `where`."""


def check_rank(shape: Shape, rank: int, layout: str, where: str) -> None:
    """Raise unless `shape` has `rank` axes; `layout` says in words which."""
    if len(shape) != rank:
        remedy = "put a flatten layer before it" if rank == 1 else "give it a tensor of that layout"
        raise UsageError(f"{where}: expected an input of {layout}, got shape {show(shape)}; {remedy}.")


def check_numbers(array: Array, name: str, rank: int, where: str) -> None:
    """Raise unless `array` holds real numbers on `rank` axes, none of them empty."""
    if array.dtype.kind not in "iuf":
        raise UsageError(f"{where}: {name} holds {array.dtype}, not real numbers; pass integers or floats.")
    if array.ndim != rank or array.size == 0:
        raise UsageError(f"{where}: {name} needs {rank} axes, none empty, but its shape is {show(array.shape)}.")


def same_array(a: Array | None, b: Array | None) -> bool:
    """Equality of shape and values; the type in which the values are stored does not count."""
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)


def show(shape: Shape) -> str:
    """A shape as people write it: (120, 80, 3), and (5) for one axis."""
    return f"({', '.join(map(str, shape))})"
