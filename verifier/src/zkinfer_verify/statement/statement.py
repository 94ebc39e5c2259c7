"""The statement: everything public about what is proved. Its digest is the name that a proof carries."""

from dataclasses import dataclass
from functools import cached_property

from zkinfer_verify.errors import UsageError
from zkinfer_verify.hashing.digest import STATEMENT, sha256
from zkinfer_verify.statement.codec import decode, encode
from zkinfer_verify.statement.column import Column
from zkinfer_verify.statement.limits import MAX_STATEMENT_BYTES
from zkinfer_verify.statement.relations import Affine, Contraction, Lookup, Vanish
from zkinfer_verify.statement.tables import Table

MAGIC = b"ZKISTMT\0"
VERSION = 1
EPILOGUES = ("none", "l2_normalize")


@dataclass(frozen=True)
class HiddenInput:
    """An input of the network that stays hidden.

    shape: in the model; lo, hi: the range that its integers are proved to have; column: the one that holds it.
    """

    name: str
    shape: tuple[int, ...]
    lo: int
    hi: int
    column: int


@dataclass(frozen=True)
class PublicOutput:
    """An output of the network, public as integers.

    dims: extents of the tensor; bound: |integer| <= bound; a real value is scale * (integer - zero_point); epilogue:
    how the values are displayed ("none", "l2_normalize"), in floating point and outside of what is proved.
    """

    name: str
    dims: tuple[int, ...]
    bound: int
    scale: float
    zero_point: int
    epilogue: str


@dataclass(frozen=True, eq=False)
class Statement:
    """What is proved: relations over columns, where the columns lie, and the weights' commitment.

    Compare statements by their digests. row_vars: log2 K; weight_rows, witness_rows: rows of W and of A.
    """

    profile: str
    model_id: bytes
    row_vars: int
    weight_root: bytes
    weight_rows: int
    witness_rows: int
    columns: tuple[Column, ...]
    tables: tuple[Table, ...]
    lookups: tuple[Lookup, ...]
    vanishes: tuple[Vanish, ...]
    contractions: tuple[Contraction, ...]
    affines: tuple[Affine, ...]
    inputs: tuple[HiddenInput, ...]
    outputs: tuple[PublicOutput, ...]

    @cached_property
    def body(self) -> bytes:
        """The canonical binary form, without magic and version."""
        return encode(self)

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over version and body: the statement's identity."""
        return sha256(STATEMENT, VERSION.to_bytes(8, "little"), self.body)

    @cached_property
    def lookups_of(self) -> dict[int, list[tuple[int, tuple[int, int]]]]:
        """The lookups of each column that is looked up: scale, and the smallest and largest value that it may meet."""
        spans = [[table.span(component) for component in range(table.width)] for table in self.tables]
        found: dict[int, list[tuple[int, tuple[int, int]]]] = {}
        for lookup in self.lookups:
            for (column, scale), span in zip(lookup.components, spans[lookup.table], strict=True):
                found.setdefault(column, []).append((scale, span))
        return found

    def to_bytes(self) -> bytes:
        """The statement file: magic, version, body."""
        return MAGIC + VERSION.to_bytes(8, "little") + self.body

    @staticmethod
    def from_bytes(data: bytes) -> "Statement":
        """Read a statement file.

        Errors: UsageError when it is not one, of another version, not canonical, or larger than the limits.
        """
        if len(data) > MAX_STATEMENT_BYTES:
            raise UsageError(f"statement has {len(data)} bytes, more than the limit of {MAX_STATEMENT_BYTES}")
        if data[:8] != MAGIC:
            raise UsageError(
                "this is not a zkinfer statement: its first eight bytes differ; expected a statement.zks file"
            )
        version = int.from_bytes(data[8:16], "little")
        if len(data) < 16 or version != VERSION:
            raise UsageError(f"statement has format version {version}, this program reads version {VERSION}")
        return decode(Statement, data[16:])
