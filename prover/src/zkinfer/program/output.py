"""The public output: a sum, or a committed tensor, equals the integers that everyone sees."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from zkinfer.program.builder import Builder
from zkinfer.program.linear import close_pending
from zkinfer.program.program import Integers
from zkinfer.program.step import OUTPUT
from zkinfer.program.values import Pending, Value, scaled
from zkinfer_verify.statement.relations import ALONG, Affine, Form, Term
from zkinfer_verify.statement.statement import PublicOutput


@dataclass(frozen=True)
class OutputStep:
    """Publishes `source`, one for each image where images have an axis of their own; epilogue: how people see it."""

    source: str
    epilogue: str
    name: str = OUTPUT

    def lower(self, builder: Builder, values: dict[str, Value | Pending]) -> None:
        """State output = source."""
        source = values[self.source]
        dims, bound = source.layout.dims, max(abs(source.lo), abs(source.hi))
        images, own = source.layout.images, source.layout.image_dims
        if images > 1 and dims == (images, *own):
            along = (ALONG,) * len(own)
            public = tuple(
                self._publish(builder, f"{self.name}[{image}]", own, bound, (image, *along)) for image in range(images)
            )
        else:
            public = (self._publish(builder, self.name, dims, bound, (ALONG,) * len(dims)),)
        if isinstance(source, Pending):
            close_pending(builder, source, public, 0, None)
        else:
            form = Form(dims, (*public, *scaled(source.form, -1).terms), -source.form.constant)
            builder.affines.append((self.name, Affine(form)))

    def _publish(self, builder: Builder, name: str, dims: tuple[int, ...], bound: int, axes: tuple[int, ...]) -> Term:
        """Add a public output; returns its term in a form that it lies along, or of which it is one image."""
        builder.outputs.append(PublicOutput(name, dims, bound, 1.0, 0, self.epilogue))
        return Term(1, -len(builder.outputs), axes)

    def execute(self, tensors: dict[str, Integers], committed: dict[str, Integers]) -> None:
        """The output's integers are the source's."""
        tensors[self.name] = tensors[self.source]

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return none."""
        return {}
