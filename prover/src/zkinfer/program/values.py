"""What lowering knows of a tensor: committed as a form over columns, or pending as a sum that is never committed."""

from dataclasses import dataclass

from zkinfer_verify.statement.relations import Access, Form, Term


@dataclass(frozen=True)
class Layout:
    """How a tensor lies in columns: a grid of positions merged into one axis, then channels; or one flat axis.

    grid: (height, width), or None for a flat tensor; channels: entries of the last axis.
    """

    grid: tuple[int, int] | None
    channels: int

    @property
    def dims(self) -> tuple[int, ...]:
        """The extents of the columns."""
        return (self.channels,) if self.grid is None else (self.grid[0] * self.grid[1], self.channels)


@dataclass(frozen=True)
class Value:
    """A committed tensor: its form over columns, and the range [lo, hi] that honest integers have."""

    name: str
    layout: Layout
    form: Form
    lo: int
    hi: int


@dataclass(frozen=True)
class Pending:
    """A linear operator's output, before anyone decides how it is committed.

    out[p, c] + bias[c] with out a contraction; lo, hi: the range of honest integers, bias included; spread: the largest
    range of one channel, hi_c - lo_c (zero counted in); norm: of the weights; the builder of the contraction takes the
    pooling window that cuts the output's positions.
    """

    name: str
    layout: Layout
    lo: int
    hi: int
    drop: int
    norm: int
    bias: int | None
    operator: "LinearLowering"


class LinearLowering:
    """How a linear operator reads its operands: iteration axes and accesses, for a pooling window on its output."""

    left: Form
    right: Form
    norm: int

    def accesses(self, window: tuple[int, int] | None) -> tuple[tuple[int, ...], Access, Access, Access]:
        """Return (extents, out, left, right accesses); window None means no stacked axes in the output."""
        raise NotImplementedError


def scaled(form: Form, factor: int) -> Form:
    """Return factor * form."""
    terms = tuple(Term(factor * term.coefficient, term.column, term.axes) for term in form.terms)
    return Form(form.dims, terms, factor * form.constant)
