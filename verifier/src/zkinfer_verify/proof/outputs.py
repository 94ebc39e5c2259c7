"""What a verified proof tells: the public integers, and how they are displayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from zkinfer_verify.statement.statement import PublicOutput, Statement


@dataclass(frozen=True)
class Output:
    """One public output. integers: row-major, proved; display: floats for people, never part of what is proved."""

    name: str
    dims: tuple[int, ...]
    integers: tuple[int, ...]
    display: tuple[float, ...]


@dataclass(frozen=True)
class Outputs:
    """The public outputs of an accepted proof, and the context and statement that it is bound to."""

    tensors: tuple[Output, ...]
    context: bytes
    statement_digest: bytes
    model_id: bytes

    @property
    def integers(self) -> tuple[int, ...]:
        """The integers of the first output, row-major."""
        return self.tensors[0].integers

    @property
    def display(self) -> tuple[float, ...]:
        """The displayed values of the first output, row-major."""
        return self.tensors[0].display


def display_values(output: PublicOutput, integers: Sequence[int]) -> tuple[float, ...]:
    """Apply scale, zero point and display epilogue: floating point, for people."""
    values = [output.scale * (value - output.zero_point) for value in integers]
    if output.epilogue == "l2_normalize":
        norm = sqrt(sum(value * value for value in values))
        return tuple(value / norm if norm else 0.0 for value in values)
    return tuple(values)


def outputs_of(statement: Statement, outputs: Sequence[Sequence[int]], context: bytes) -> Outputs:
    """Name and display the public outputs of a statement."""
    tensors = tuple(
        Output(public.name, public.dims, tuple(values), display_values(public, values))
        for public, values in zip(statement.outputs, outputs, strict=True)
    )
    return Outputs(tensors, context, statement.digest, statement.model_id)
