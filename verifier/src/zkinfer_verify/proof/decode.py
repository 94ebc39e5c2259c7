"""protocol.md, 8: read a proof. Every size comes from the statement, elements are canonical, nothing is left."""

from math import prod

from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import EXT_BYTES, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import DIGEST_BYTES, SALT_BYTES, decode_base, decode_ext
from zkinfer_verify.proof.proof import MAGIC, VERSION, Proof
from zkinfer_verify.proof.sizes import ProofSizes
from zkinfer_verify.statement.limits import MAX_CONTEXT_BYTES
from zkinfer_verify.statement.statement import Statement

HEADER_BYTES = 16 + DIGEST_BYTES + 8


class _Reader:
    """Cuts named parts off a proof, in order."""

    def __init__(self, data: bytes) -> None:
        self.data, self.cursor = data, 0

    def take(self, name: str, size: int) -> bytes:
        if size > len(self.data) - self.cursor:
            raise ProofError(
                f"proof ends inside its {name}: {size} bytes expected, {len(self.data) - self.cursor} left"
            )
        piece = self.data[self.cursor : self.cursor + size]
        self.cursor += size
        return piece

    def elements(self, name: str, size: int) -> bytes:
        piece = self.take(name, size)
        # Of an element >= p = 2^64 - 2^32 + 1 the upper half is all ones: most pieces have none and are not decoded.
        if b"\xff\xff\xff\xff" in piece and max(decode_base(piece)) >= P:
            raise ProofError(f"proof has an element >= p in its {name}")
        return piece

    def ext(self, name: str, count: int) -> tuple[Ext, ...]:
        return tuple(decode_ext(self.elements(name, count * EXT_BYTES)))


def read_header(data: bytes) -> tuple[bytes, bytes]:
    """Return (statement digest, context) of a proof file, without its statement.

    Errors: ProofError when it is not a proof, is of another version, or its context is cut off.
    """
    reader = _Reader(data)
    if reader.take("magic", 8) != MAGIC:
        raise ProofError("this is not a zkinfer proof: its first eight bytes differ")
    version = int.from_bytes(reader.take("version", 8), "little")
    if version != VERSION:
        raise ProofError(f"proof has format version {version}, this program reads version {VERSION}")
    digest = reader.take("statement digest", DIGEST_BYTES)
    length = int.from_bytes(reader.take("context length", 8), "little")
    if length > MAX_CONTEXT_BYTES:
        raise ProofError(f"proof announces a context of {length} bytes, the limit is {MAX_CONTEXT_BYTES}")
    return digest, reader.take("context", length)


def decode_proof(statement: Statement, sizes: ProofSizes, data: bytes) -> Proof:
    """Read a proof of this statement.

    The siblings' size depends on the opened positions, so the check that drew them compares it.
    Errors: ProofError naming the part.
    """
    digest, context = read_header(data)
    if digest != statement.digest:
        raise ProofError(f"proof is of another statement: {digest.hex()}, expected {statement.digest.hex()}")
    if len(data) > sizes.upper_bound(len(context)):
        raise ProofError(f"proof has {len(data)} bytes, more than this statement's proofs can have")
    reader = _Reader(data)
    reader.take("header", HEADER_BYTES + len(context))
    outputs = []
    for output in statement.outputs:
        raw = reader.take(f"output {output.name}", 8 * prod(output.dims))
        outputs.append(tuple(int.from_bytes(raw[i : i + 8], "little", signed=True) for i in range(0, len(raw), 8)))
    queries = sizes.num_queries
    return Proof(
        statement_digest=digest,
        context=context,
        outputs=tuple(outputs),
        root_witness=reader.take("root of A", DIGEST_BYTES),
        root_pads=reader.take("root of Q", DIGEST_BYTES),
        scalars=reader.ext("scalars", sizes.num_scalars),
        y=reader.elements("y", EXT_BYTES * sizes.y),
        reveals=reader.ext("reveals", sizes.num_reveals),
        proximity=reader.elements("proximity vector", EXT_BYTES * sizes.proximity),
        linear=reader.elements("linear vector", EXT_BYTES * sizes.linear),
        columns_weights=reader.elements("columns of W", 8 * queries * sizes.weight_width),
        columns_witness=reader.elements("columns of A", 8 * queries * sizes.witness_width),
        salts_witness=reader.take("salts of A", SALT_BYTES * queries),
        columns_pads=reader.elements("columns of Q", 8 * queries * sizes.pad_width),
        salts_pads=reader.take("salts of Q", SALT_BYTES * queries),
        siblings=reader.take("Merkle siblings", len(data) - reader.cursor),
    )
