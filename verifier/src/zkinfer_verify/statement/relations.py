"""The four kinds of relation between columns. The cryptography knows these and nothing of networks.

A form is an affine combination of columns over the axes of one tensor; each relation is stated over forms.
"""

from dataclasses import dataclass

ALONG = -1
"""The form's axis is the column's next axis."""
BROADCAST = -2
"""The column is constant along the form's axis."""


@dataclass(frozen=True)
class Term:
    """coefficient * column, laid over a form's axes.

    axes: for each axis of the form ALONG, BROADCAST, or an index v >= 0: the column takes part only where the axis is v
    (a stacked form). column: index of a committed column; or -1 - k for public output k.
    """

    coefficient: int
    column: int
    axes: tuple[int, ...]

    @property
    def is_public(self) -> bool:
        """Whether the term is a public output."""
        return self.column < 0


@dataclass(frozen=True)
class Form:
    """An affine form: a sum of terms and a constant over a tensor of extents `dims`, zero outside them."""

    dims: tuple[int, ...]
    terms: tuple[Term, ...]
    constant: int


@dataclass(frozen=True)
class Lookup:
    """For every index i: (scale_1 c_1[i], .., scale_k c_k[i]) is a row of the table, whose id is table + 1."""

    table: int
    components: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Vanish:
    """For every index: the product of the factors is zero. The factors have equal dims."""

    factors: tuple[Form, ...]


@dataclass(frozen=True)
class Affine:
    """For every index: the form is zero."""

    form: Form


@dataclass(frozen=True)
class Index:
    """One coordinate of a tensor as an affine function of iteration axes: sum of step * axis - offset.

    A tuple of iteration axes takes part only if the coordinate is in [0, extent): a sliding axis with its padding.
    """

    extent: int
    terms: tuple[tuple[int, int], ...]
    offset: int


Access = tuple[tuple[Index, ...], ...]
"""For each axis of a tensor, the coordinates merged into it, row-major: a grid merged into one axis has two."""


@dataclass(frozen=True)
class Contraction:
    """out[out_access(k)] = sum over iteration axes k of left[left_access(k)] * right[right_access(k)].

    extents: the iteration axes. Axes that `out` reads are kept, the others are summed. left: a form of weights, or None
    for the constant one (pure movement of data). norm: a bound on the sum of |left| over the summed axes, each output.
    """

    extents: tuple[int, ...]
    out: Form
    out_access: Access
    left: Form | None
    left_access: Access
    right: Form
    right_access: Access
    norm: int
