"""The frozen vectors hold: for the verifier's code, and for the slow definition that wrote them."""

import json
from pathlib import Path
from typing import Any

import pytest

from spec import make_vectors
from tests.house.tree import ROOT
from zkinfer_verify.api import verify
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.field.prime import P, inverse
from zkinfer_verify.hashing.digest import LEAF_WEIGHTS, LEAF_WITNESS, encode_base
from zkinfer_verify.hashing.merkle import leaf_digest, root_of, sibling_count
from zkinfer_verify.poly.eq import eq_table
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.transcript.transcript import Transcript

VECTORS = ROOT / "vectors"
PROOFS = sorted(path for path in (VECTORS / "proofs").iterdir() if path.is_dir())
LEAVES = {"W": LEAF_WEIGHTS, "A": LEAF_WITNESS}


def _load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def test_field_elements() -> None:
    vectors = _load("field.json")
    for a, b, plus, minus, times in vectors["base"]:
        assert ((a + b) % P, (a - b) % P, a * b % P) == (plus, minus, times)
    for a, inverted in vectors["base_inverse"]:
        assert inverse(a) == inverted
    for a, b, plus, minus, times in vectors["ext"]:
        x, y = Ext(*a), Ext(*b)
        assert (x + y, x - y, x * y) == (Ext(*plus), Ext(*minus), Ext(*times))
    for a, inverted in vectors["ext_inverse"]:
        assert Ext(*a).inverse() == Ext(*inverted)


def test_equality_polynomial_and_extension() -> None:
    vectors = _load("field.json")
    table = eq_table([Ext(*x) for x in vectors["eq"]["point"]])
    assert table == [Ext(*x) for x in vectors["eq"]["table"]]
    value = ZERO
    for weight, entry in zip(table, vectors["extension"]["values"], strict=True):
        value = value + weight * Ext(*entry)
    assert value == Ext(*vectors["extension"]["value"])


def test_transcript() -> None:
    t = Transcript()
    for item in _load("transcript.json"):
        given = item.get("given")
        match item["op"]:
            case "start":
                pass
            case "bytes":
                t.absorb_bytes(item["label"], bytes.fromhex(given))
            case "digest":
                t.absorb_digest(item["label"], bytes.fromhex(given))
            case "zeros":
                t.absorb_zeros(item["label"], given)
            case "integers":
                t.absorb_integers(item["label"], given)
            case "base":
                t.absorb_base(item["label"], given)
            case "ext":
                t.absorb_ext(item["label"], [Ext(*x) for x in given])
            case "challenges":
                assert t.challenges(item["label"], given) == [Ext(*x) for x in item["result"]]
            case "positions":
                assert t.positions(item["label"], *given) == item["result"]
            case other:
                pytest.fail(f"unknown operation {other}")
        assert t.state.hex() == item["state"], item


def test_multiproofs() -> None:
    for tree in _load("merkle.json"):
        leaves = [
            leaf_digest(LEAVES[tree["oracle"]], j, bytes.fromhex(tree["salts"][j]), encode_base(tree["columns"][j]))
            for j in tree["positions"]
        ]
        siblings = bytes.fromhex(tree["siblings"])
        assert len(siblings) == 32 * sibling_count(3, tree["positions"])
        assert root_of(3, tree["positions"], leaves, siblings).hex() == tree["root"]


@pytest.mark.parametrize("folder", PROOFS, ids=lambda folder: folder.name)
def test_a_frozen_proof_verifies(folder: Path) -> None:
    statement = Statement.from_bytes((folder / "statement.zks").read_bytes())
    proof, record = (folder / "proof.zkp").read_bytes(), json.loads((folder / "witness.json").read_text())
    outputs = verify(statement, proof, context=bytes.fromhex(record["context"]), allow_toy=True)
    assert [list(tensor.integers) for tensor in outputs.tensors] == record["outputs"]
    with pytest.raises(ProofError):
        verify(statement, proof[:-1] + bytes([proof[-1] ^ 1]), allow_toy=True)


@pytest.mark.parametrize("folder", PROOFS, ids=lambda folder: folder.name)
def test_the_slow_definition_still_gives_a_frozen_proof(folder: Path) -> None:
    assert make_vectors.frozen_proof(folder) == (folder / "proof.zkp").read_bytes()


def test_the_slow_definition_still_gives_the_vectors() -> None:
    made = {
        "field.json": make_vectors.field_vectors(),
        "transcript.json": make_vectors.transcript_vectors(),
        "merkle.json": make_vectors.merkle_vectors(),
    }
    for name, value in made.items():
        assert json.loads(json.dumps(value)) == _load(name)


REJECTED = sorted((VECTORS / "rejected").glob("*/*.zkp"))


def test_there_are_rejected_vectors() -> None:
    assert len(REJECTED) >= 20


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_a_rejected_proof_stays_rejected(path: Path) -> None:
    statement = Statement.from_bytes((path.parent / "statement.zks").read_bytes())
    with pytest.raises(ProofError):
        verify(statement, path.read_bytes(), allow_toy=True)
