"""The public output: a sum, or a committed tensor, equals the integers that everyone sees."""

from dataclasses import dataclass

from zkinfer.program.builder import Builder
from zkinfer.program.linear import close_pending
from zkinfer.program.step import Integers
from zkinfer.program.values import Pending, Value, scaled
from zkinfer_verify.statement.relations import ALONG, Affine, Form, Term
from zkinfer_verify.statement.statement import PublicOutput

NAME = "output"


@dataclass(frozen=True)
class OutputStep:
    """Publishes `source`; epilogue: how people see it."""

    source: str
    epilogue: str
    name: str = NAME

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """State output = source."""
        source = values[self.source]
        dims = source.layout.dims
        public = (Term(1, -1 - len(builder.outputs), (ALONG,) * len(dims)),)
        builder.outputs.append(
            PublicOutput(self.name, dims, max(abs(source.lo), abs(source.hi)), 1.0, 0, self.epilogue)
        )
        if isinstance(source, Pending):
            close_pending(builder, source, public, 0, None)
        else:
            form = Form(dims, (*public, *scaled(source.form, -1).terms), -source.form.constant)
            builder.affines.append((self.name, Affine(form)))

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """The output's integers are the source's."""
        tensors[self.name] = tensors[self.source]
