"""Commit a pending sum as it is: between two linear operators, where no activation does it."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from zkinfer.program.builder import Builder
from zkinfer.program.linear import close_pending
from zkinfer.program.program import Integers
from zkinfer.program.values import Pending, Value


@dataclass(frozen=True)
class MaterializeStep:
    """Commits `source` under a name of its own, if it is pending."""

    name: str
    source: str

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """Add the sum's columns, in its signed range."""
        source = values[self.source]
        if isinstance(source, Pending):
            form = builder.ranged(self.name, source.layout.dims, source.lo, source.hi, self.name)
            close_pending(builder, source, form.terms, form.constant, None)
            values[self.name] = Value(self.name, source.layout, form, source.lo, source.hi)
        else:
            values[self.name] = source

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """The integers are the sum's."""
        committed[self.name] = tensors[self.name] = tensors[self.source]

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return none."""
        return {}
