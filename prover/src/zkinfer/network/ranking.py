"""The k largest entries along an axis, made of several operations: their indices, and the entries themselves.

The next largest is found where the largest is taken out: less by more than the entries' range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from zkinfer.network.combine import Combine
from zkinfer.network.einsum import Einsum
from zkinfer.network.join import Join
from zkinfer.network.largest import Largest
from zkinfer.network.operation import Spec
from zkinfer.network.rearrange import Reshape
from zkinfer.network.within import Within
from zkinfer_verify.errors import UsageError

Add = Callable[..., str]
"""Adds an operation that reads some tensors, add(op, *names); returns the name of its own."""
LETTERS = "abcdefgh"


class Ranking:
    """add: adds an operation on tensors; specs: of the tensors, those that are added among them.

    x: the tensor; count: how many of its entries along the axis are wanted; last: of equal ones the last counts.
    Errors: UsageError for a count beyond the extent, and for entries that range too far.
    """

    def __init__(
        self, add: Add, specs: Mapping[str, Spec], x: str, axis: int, count: int = 1, *, last: bool = False
    ) -> None:
        self._add, self._x, self._axis, self._spec = add, x, axis, specs[x]
        extent = self._spec.shape[axis]
        if not 1 <= count <= extent:
            raise UsageError(f"{x} has {extent} entries along axis {axis}; it has no {count} largest ones.")
        self._labels = LETTERS[: len(self._spec.shape)]
        self._places = list[str]()
        rest = x
        for k in range(count if extent > 1 else 0):
            if k:
                rest = add(Combine((1, self._spec.lo - self._spec.hi - 1)), rest, self._places[-1])
            self._places.append(add(Largest(axis, extent, last), rest))

    def indices(self) -> str:
        """Return where the largest entries are, the largest first, along the axis."""
        extent = self._spec.shape[self._axis]
        if extent == 1:
            return self._add(Combine((0,)), self._x)
        numbers = Einsum((self._labels, self._labels[self._axis]), self._kept, np.arange(extent, dtype=np.int64))
        return self._in_line(numbers, lambda place: (place,), 0, extent - 1)

    def values(self) -> str:
        """Return the largest entries, the largest first, along the axis."""
        if not self._places:
            return self._x
        chosen = Einsum((self._labels, self._labels), self._kept)
        return self._in_line(chosen, lambda place: (self._x, place), self._spec.lo, self._spec.hi)

    @property
    def _kept(self) -> str:
        return self._labels.replace(self._labels[self._axis], "")

    def _in_line(self, op: Einsum, inputs: Callable[[str], tuple[str, ...]], lo: int, hi: int) -> str:
        """Return what an operation gives of every place, one after the other along the axis."""
        shape = (*self._spec.shape[: self._axis], 1, *self._spec.shape[self._axis + 1 :])
        parts = [
            self._add(Reshape(shape), self._add(Within(lo, hi), self._add(op, *inputs(place))))
            for place in self._places
        ]
        return parts[0] if len(parts) == 1 else self._add(Join(self._axis), *parts)
