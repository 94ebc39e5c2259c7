"""A proof: its parts in wire order, those of protocol.md, 8."""

from dataclasses import dataclass

from zkinfer_verify.field.extension import Ext
from zkinfer_verify.hashing.digest import encode_ext, encode_i64, encode_u64

MAGIC = b"ZKIPROF\0"
VERSION = 1


@dataclass(frozen=True)
class Proof:
    """What the prover sends. Long vectors stay encoded; each count follows from the statement.

    scalars: the padded scalars of 7.2 to 7.8; y, proximity, linear: encoded vectors over E; reveals: the e of each
    product; columns_*: t opened columns, concatenated; salts_*: t salts; siblings: the multiproofs of W, A and Q,
    concatenated.
    """

    statement_digest: bytes
    context: bytes
    outputs: tuple[tuple[int, ...], ...]
    root_witness: bytes
    root_pads: bytes
    scalars: tuple[Ext, ...]
    y: bytes
    reveals: tuple[Ext, ...]
    proximity: bytes
    linear: bytes
    columns_weights: bytes
    columns_witness: bytes
    salts_witness: bytes
    columns_pads: bytes
    salts_pads: bytes
    siblings: bytes

    def sections(self) -> tuple[tuple[str, bytes], ...]:
        """The encoded parts by name, in wire order; joined they are the proof file."""
        return (
            ("magic and version", MAGIC + encode_u64(VERSION)),
            ("statement digest", self.statement_digest),
            ("context", encode_u64(len(self.context)) + self.context),
            ("outputs", b"".join(map(encode_i64, self.outputs))),
            ("root of A", self.root_witness),
            ("root of Q", self.root_pads),
            ("scalars", encode_ext(self.scalars)),
            ("y", self.y),
            ("reveals", encode_ext(self.reveals)),
            ("proximity vector", self.proximity),
            ("linear vector", self.linear),
            ("columns of W", self.columns_weights),
            ("columns of A", self.columns_witness),
            ("salts of A", self.salts_witness),
            ("columns of Q", self.columns_pads),
            ("salts of Q", self.salts_pads),
            ("Merkle siblings", self.siblings),
        )

    def to_bytes(self) -> bytes:
        """The proof file."""
        return b"".join(data for _, data in self.sections())
