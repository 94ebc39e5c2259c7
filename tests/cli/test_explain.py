"""zkinfer explain: plain words about a statement or a proof."""

import json

import pytest

from tests.cli.command_line import error_sentence, zkinfer
from tests.cli.proving import CONTEXT, copy_small_proof


@pytest.fixture
def folder(tmp_path):
    copy_small_proof(tmp_path)
    return tmp_path


def test_explains_a_statement(folder):
    text = zkinfer("explain", "keys/statement.zks", folder=folder, check=0).stdout
    for words in ("An accepted proof says", "Public", "Committed", "Hidden", "Soundness: 100.", "queries of W and A"):
        assert words in text
    assert "input: shape (4, 4, 1), integers in -128..127" in text
    record = json.loads(zkinfer("explain", "keys/statement.zks", "--json", folder=folder, check=0).stdout)
    assert record["kind"] == "statement" and record["soundness_bits"] >= 100
    assert all(term["bits"] is None or term["bits"] > 100 for term in record["ledger"])


def test_shows_every_message_of_a_proof_when_asked_for_more(folder):
    plain = zkinfer("explain", "keys/statement.zks", folder=folder, check=0).stdout
    full = zkinfer("explain", "keys/statement.zks", "-v", folder=folder, check=0).stdout
    assert "lookup alpha" not in plain
    rows = [line.split() for line in full.splitlines()]
    assert rows.index(["context", "statement", "bytes", "1", "any"]) < rows.index(
        ["lookup", "alpha", "verifier", "challenge", "1", "1"]
    )
    assert rows[-1][:4] == ["positions", "of", "Q", "verifier"]


def test_explains_a_proof_without_claiming_that_it_is_verified(folder):
    text = zkinfer("explain", "proof", folder=folder, check=0).stdout
    assert "not verified here" in text and CONTEXT in text
    record = json.loads(zkinfer("explain", "proof", "--json", folder=folder, check=0).stdout)
    statement = json.loads(zkinfer("explain", "keys/statement.zks", "--json", folder=folder, check=0).stdout)
    assert record["statement"] == statement["statement"]
    assert record["proof_bytes"] == (folder / "proof").stat().st_size
    assert record["verified"] is False


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "this is neither a zkinfer statement nor a proof"),
        (b"ZKIPROF\0", "proof ends inside its version"),
        (b"ZKISTMT\0" + bytes([1]) + bytes(7), "statement is damaged"),
    ],
)
def test_rejects_what_is_neither(content, sentence, folder):
    (folder / "file").write_bytes(content)
    assert f"file: {sentence}" in error_sentence(zkinfer("explain", "file", folder=folder, check=2))
