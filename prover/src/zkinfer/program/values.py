"""What lowering knows of a tensor: committed as a form over columns, or pending as a sum that is never committed."""

from dataclasses import dataclass, replace

from zkinfer_verify.errors import InternalError
from zkinfer_verify.statement.relations import Access, Form, Index, Term


@dataclass(frozen=True)
class Layout:
    """How a tensor lies in columns: a grid of positions merged into one axis, then channels; or one flat axis.

    grid: (height, width), or None for a flat tensor; channels: entries of the last axis; images: inputs that are proved
    together. The rows of several images follow one another as those of one tall image, unless they are `apart`: with
    an axis of their own. A padded convolution needs that, or it would read over an image's edge into the next; and a
    verifier computes less along axes that slide, since they are one image's.
    """

    grid: tuple[int, int] | None
    channels: int
    images: int = 1
    apart: bool = False

    @property
    def image_dims(self) -> tuple[int, ...]:
        """The extents of one image: (positions, channels), or (entries,)."""
        return (self.channels,) if self.grid is None else (self.grid[0] * self.grid[1], self.channels)

    @property
    def dims(self) -> tuple[int, ...]:
        """The extents of the columns."""
        if self.images == 1:
            return self.image_dims
        if self.grid is None or self.apart:
            return (self.images, *self.image_dims)
        return (self.images * self.image_dims[0], self.channels)

    def grid_of(self, grid: tuple[int, int], channels: int) -> "Layout":
        """Return the layout of another grid of the same images."""
        return replace(self, grid=grid, channels=channels)

    def flat(self, entries: int) -> "Layout":
        """Return the layout of a flat tensor of the same images."""
        return replace(self, grid=None, channels=entries)

    def pooled(self, window: tuple[int, int] | None) -> "Layout":
        """Return the layout after pooling; without a window the same."""
        if window is None:
            return self
        if self.grid is None:
            raise InternalError("a flat tensor cannot be pooled")
        return replace(self, grid=(self.grid[0] // window[0], self.grid[1] // window[1]))

    def position(self, rows: Index, columns: Index) -> Access:
        """Return how the axes before the channels are read, at a place in the grid.

        Of several images the first iteration axis is the image.
        """
        if self.images == 1:
            return ((rows, columns),)
        if self.apart:
            return ((Index(self.images, ((0, 1),), 0),), (rows, columns))
        if rows.offset:
            raise InternalError("images that follow one another have no padding between them")
        return ((Index(self.images * rows.extent, ((0, rows.extent), *rows.terms), 0), columns),)


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
