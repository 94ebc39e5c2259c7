"""Files that are no proof or no statement of ours are refused at the byte that says so."""

from dataclasses import dataclass
from functools import cache

import pytest

from attacks.networks import Setup, tiny
from zkinfer_verify.api import verify
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.hashing.digest import encode_u64
from zkinfer_verify.proof.decode import HEADER_BYTES, read_header
from zkinfer_verify.statement.codec import decode, encode
from zkinfer_verify.statement.limits import MAX_CONTEXT_BYTES, MAX_STATEMENT_BYTES
from zkinfer_verify.statement.statement import Statement


@dataclass(frozen=True)
class Optional:
    """The smallest thing that has a flag."""

    value: int | None


@cache
def honest() -> tuple[Setup, bytes]:
    """Return the smallest toy setup and a proof."""
    made, x = tiny()
    return made, made.prove(made.witness(x), b"damaged files").to_bytes()


DAMAGED = [
    ("another magic", lambda data: b"ZKIPROG\0" + data[8:], "first eight bytes differ"),
    ("another version", lambda data: data[:8] + encode_u64(2) + data[16:], "format version 2, this program reads"),
    ("nothing", lambda data: b"", "ends inside its magic: 8 bytes expected, 0 left"),
    ("half a header", lambda data: data[:20], "ends inside its statement digest: 32 bytes expected, 4 left"),
    (
        "a context beyond the limit",
        lambda data: data[:48] + encode_u64(MAX_CONTEXT_BYTES + 1) + data[HEADER_BYTES:],
        f"a context of {MAX_CONTEXT_BYTES + 1} bytes, the limit is {MAX_CONTEXT_BYTES}",
    ),
    ("a digest after its end", lambda data: data + bytes(32), "32 bytes after its end|multiproof has"),
    ("much after its end", lambda data: data + bytes(1 << 20), "more than this statement's proofs can have"),
]


@pytest.mark.parametrize(("damage", "match"), [case[1:] for case in DAMAGED], ids=[case[0] for case in DAMAGED])
def test_rejects_a_proof_when_it_has(damage, match):
    made, data = honest()
    with pytest.raises(ProofError, match=match):
        verify(made.statement, damage(data), allow_toy=True)


def test_a_context_of_the_limit_is_read():
    context = bytes(MAX_CONTEXT_BYTES)
    header = honest()[1][:48]
    assert read_header(header + encode_u64(MAX_CONTEXT_BYTES) + context) == (honest()[0].statement.digest, context)


def test_accepts_the_digest_and_the_context_that_the_proof_has():
    made, data = honest()
    context = read_header(data)[1]
    outputs = verify(made.statement, data, context=context, expect=made.statement.digest, allow_toy=True)
    assert (outputs.context, outputs.statement_digest) == (context, made.statement.digest)


def test_a_statement_beyond_the_limit_is_refused_before_it_is_read():
    with pytest.raises(UsageError, match="more than the limit"):
        Statement.from_bytes(bytes(MAX_STATEMENT_BYTES + 1))
    with pytest.raises(UsageError, match="first eight bytes differ"):
        Statement.from_bytes(bytes(MAX_STATEMENT_BYTES))


@pytest.mark.parametrize("value", [None, 0, -1])
def test_a_flag_is_zero_or_one(value):
    data = encode(Optional(value))
    assert decode(Optional, data) == Optional(value)
    with pytest.raises(UsageError, match="a flag is neither 0 nor 1"):
        decode(Optional, b"\2" + data[1:])


@dataclass(frozen=True)
class Named:
    """The smallest thing that announces how much follows."""

    name: str
    values: tuple[int, ...]


def test_no_more_is_read_than_there_is():
    data = encode(Named("ab", (7,)))
    assert data == encode_u64(2) + b"ab" + encode_u64(1) + encode_u64(7)
    assert decode(Named, data) == Named("ab", (7,))
    for wrong, match in (
        (encode_u64(len(data)) + data[8:], f"near byte 8: {len(data)} items announced, {len(data) - 8} bytes left"),
        (data[:10] + encode_u64(2**64 - 1) + data[18:], f"near byte 18: {2**64 - 1} items announced, 8 bytes left"),
        (data[:10] + encode_u64(2) + data[18:], "near byte 26: 8 bytes announced, 0 left"),
        (data[:8] + b"\xff\xfe" + data[10:], "near byte 10: 'utf-8' codec can't decode byte"),
        (data + b"\0", "1 bytes after its end"),
    ):
        with pytest.raises(UsageError, match=match):
            decode(Named, wrong)


def test_an_element_prints_as_it_is_written():
    assert repr(Ext(3, -1)) == f"Ext(3, {2**64 - 2**32})"
