"""docs/protocol.md, 3: a statement's bytes, decoded by hand; every field in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from spec.field import num_vars
from spec.hashing import sha256, tag, u64

T = TypeVar("T")

WEIGHTS, WITNESS = 0, 1
WEIGHT, RANGED, MULTIPLICITY = 0, 1, 2
ALONG, BROADCAST = -1, -2


class Column(NamedTuple):
    """A tensor of integers and its place."""

    name: str
    oracle: int
    role: int
    dims: tuple[int, ...]
    row: int
    offset: int
    lo: int
    hi: int

    @property
    def axis_vars(self) -> tuple[int, ...]:
        """Variables of each axis."""
        return tuple(num_vars(dim) for dim in self.dims)

    @property
    def vars(self) -> int:
        """Variables of the tensor."""
        return sum(self.axis_vars)

    def cell(self, index: tuple[int, ...]) -> int:
        """(3.2) The cell of an entry, counted from the column's first cell: inner axes padded to powers of two."""
        out = 0
        for i, n in zip(index, self.axis_vars, strict=True):
            out = out * 2**n + i
        return out

    def row_count(self, row_vars: int) -> int:
        """Rows that the tensor touches."""
        if self.vars <= row_vars:
            return 1
        cells = self.dims[0] << sum(self.axis_vars[1:])
        return -(-cells >> row_vars)


class Run(NamedTuple):
    """The values first, first + step, .., `count` of them."""

    count: int
    first: int
    step: int


class Table(NamedTuple):
    """The rows of lo .. lo + size - 1, and what a function gives there, in runs."""

    lo: int
    size: int
    multiplicities: int
    image: tuple[Run, ...]

    def row(self, index: int) -> list[int]:
        """The components of a row."""
        values = [run.first + run.step * k for run in self.image for k in range(run.count)]
        return [self.lo + index, *values[index : index + 1]]


class Lookup(NamedTuple):
    """scale * column is in the table, for every entry."""

    table: int
    components: tuple[tuple[int, int], ...]


class Term(NamedTuple):
    """coefficient * column, laid along a form's axes."""

    coefficient: int
    column: int
    axes: tuple[int, ...]


class Form(NamedTuple):
    """An affine form over a tensor's entries, zero outside of them."""

    dims: tuple[int, ...]
    terms: tuple[Term, ...]
    constant: int


class Index(NamedTuple):
    """sum of step * axis - offset, if in [0, extent)."""

    extent: int
    terms: tuple[tuple[int, int], ...]
    offset: int


Access = tuple[tuple[Index, ...], ...]


class Contraction(NamedTuple):
    """out[out_access(k)] = sum_k left[left_access(k)] right[right_access(k)]."""

    extents: tuple[int, ...]
    out: Form
    out_access: Access
    left: Form | None
    left_access: Access
    right: Form
    right_access: Access
    norm: int


class Input(NamedTuple):
    """A hidden input."""

    name: str
    shape: tuple[int, ...]
    lo: int
    hi: int
    column: int


class Output(NamedTuple):
    """A public output."""

    name: str
    dims: tuple[int, ...]
    bound: int
    scale: bytes
    zero_point: int
    epilogue: str


class Statement(NamedTuple):
    """Everything public about what is proved; `body` is its canonical form."""

    body: bytes
    profile: str
    model_id: bytes
    row_vars: int
    weight_root: bytes
    weight_rows: int
    witness_rows: int
    columns: tuple[Column, ...]
    tables: tuple[Table, ...]
    lookups: tuple[Lookup, ...]
    vanishes: tuple[tuple[Form, ...], ...]
    contractions: tuple[Contraction, ...]
    affines: tuple[Form, ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]

    @property
    def digest(self) -> bytes:
        """(3.3) The statement's identity."""
        return sha256(tag("stmt"), u64(1), self.body)


class Reader:
    """Reads the canonical form."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        """Take bytes."""
        piece = self.data[self.at : self.at + count]
        if len(piece) != count:
            raise ValueError("the statement ends early")
        self.at += count
        return piece

    def i64(self) -> int:
        """i64."""
        return int.from_bytes(self.take(8), "little", signed=True)

    def blob(self) -> bytes:
        """Length, then bytes."""
        return self.take(self.i64())

    def text(self) -> str:
        """Length, then UTF-8."""
        return self.blob().decode()

    def many(self, item: Callable[[], T]) -> tuple[T, ...]:
        """Count, then items."""
        return tuple(item() for _ in range(self.i64()))

    def ints(self) -> tuple[int, ...]:
        """Count, then i64 each."""
        return self.many(self.i64)

    def pair(self) -> tuple[int, int]:
        """Two i64."""
        return self.i64(), self.i64()

    def column(self) -> Column:
        """Name, oracle, role, extents, row, offset, range."""
        return Column(self.text(), self.i64(), self.i64(), self.ints(), self.i64(), self.i64(), self.i64(), self.i64())

    def form(self) -> Form:
        """Extents, terms, constant."""
        return Form(self.ints(), self.many(lambda: Term(self.i64(), self.i64(), self.ints())), self.i64())

    def access(self) -> Access:
        """For each axis the coordinates merged into it."""
        return self.many(lambda: self.many(lambda: Index(self.i64(), self.many(self.pair), self.i64())))

    def contraction(self) -> Contraction:
        """Extents, output, left (or none), right, norm."""
        extents, out, out_access = self.ints(), self.form(), self.access()
        left = self.form() if self.take(1) == b"\1" else None
        return Contraction(extents, out, out_access, left, self.access(), self.form(), self.access(), self.i64())


def decode(data: bytes) -> Statement:
    """Decode a statement file."""
    if data[:16] != b"ZKISTMT\0" + u64(1):
        raise ValueError("not a statement of version 1")
    r = Reader(data[16:])
    statement = Statement(
        data[16:],
        profile=r.text(),
        model_id=r.blob(),
        row_vars=r.i64(),
        weight_root=r.blob(),
        weight_rows=r.i64(),
        witness_rows=r.i64(),
        columns=r.many(r.column),
        tables=r.many(lambda: Table(r.i64(), r.i64(), r.i64(), r.many(lambda: Run(r.i64(), r.i64(), r.i64())))),
        lookups=r.many(lambda: Lookup(r.i64(), r.many(r.pair))),
        vanishes=r.many(lambda: r.many(r.form)),
        contractions=r.many(r.contraction),
        affines=r.many(r.form),
        inputs=r.many(lambda: Input(r.text(), r.ints(), r.i64(), r.i64(), r.i64())),
        outputs=r.many(lambda: Output(r.text(), r.ints(), r.i64(), r.take(8), r.i64(), r.text())),
    )
    if r.at != len(r.data):
        raise ValueError("bytes after the statement's end")
    return statement
