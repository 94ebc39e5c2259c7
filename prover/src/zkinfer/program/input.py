"""The hidden input: committed in a table of exactly its range."""

from dataclasses import dataclass
from math import prod
from typing import Any

from numpy.typing import NDArray

from zkinfer.program.builder import Builder
from zkinfer.program.program import Integers
from zkinfer.program.step import INPUT
from zkinfer.program.values import Layout, Pending, Value
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS
from zkinfer_verify.statement.statement import HiddenInput


def layout_of(shape: tuple[int, ...], images: int = 1, apart: bool = False) -> Layout:
    """Return how images of this shape lie in columns: (H, W, C) as a grid, anything else flat."""
    if len(shape) == 3:
        return Layout((shape[0], shape[1]), shape[2], images, apart)
    return Layout(None, prod(shape), images, apart)


@dataclass(frozen=True)
class InputStep:
    """Commits the input x, lo <= x <= hi."""

    shape: tuple[int, ...]
    lo: int
    hi: int
    name: str = INPUT

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Add the input's column and its table."""
        if not self.lo <= self.hi or self.hi - self.lo >= MAX_TABLE_ROWS:
            raise UsageError(
                f"Input range {self.lo}..{self.hi} is empty or has more than {MAX_TABLE_ROWS} values; narrow it."
            )
        layout = layout_of(self.shape, builder.images, builder.apart)
        form = builder.in_table(self.name, layout.dims, self.lo, self.hi)
        shape = self.shape if builder.images == 1 else (builder.images, *self.shape)
        builder.inputs.append(HiddenInput(self.name, shape, self.lo, self.hi, form.terms[0].column))
        values[self.name] = Value(self.name, layout, form, self.lo, self.hi)

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """The input is there already; it is committed as it is."""
        committed[self.name] = tensors[self.name]

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return none."""
        return {}
