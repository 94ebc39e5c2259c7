"""What explain says of contexts, names and profiles that are not the usual ones; tests/cli runs the command."""

from dataclasses import replace

import pytest

from attacks.networks import setup, tiny
from tests.unit.networks import small_network
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.explain import explain, explain_statement, printable, show_context


@pytest.mark.parametrize(
    ("context", "shown"),
    [
        (b"", "empty"),
        (b"a nonce", "a nonce"),
        ("für Zoë".encode(), "für Zoë"),
        (b"\xff\xfe", "0xfffe"),
        (b"\x1b[2J", "0x1b5b324a"),
    ],
)
def test_shows_a_context_as_text_only_where_it_is_printable(context, shown):
    assert show_context(context) == shown


def test_escapes_a_name_that_would_reach_a_terminals_controls():
    assert printable("größe") == "größe"
    assert printable("\x1b[2J") == r"'\x1b[2J'"
    statement = tiny()[0].statement
    output = replace(statement.outputs[0], name="\x1b[2J", epilogue="l2_normalize")
    text = explain_statement(replace(statement, outputs=(output,))).text
    assert r"'\x1b[2J': 1 integer up to" in text and ", displayed by l2_normalize" in text and "\x1b" not in text


def test_says_that_the_profile_for_tests_proves_nothing():
    toy = explain(tiny()[0].statement.to_bytes())
    assert "ITS PROOFS PROVE NOTHING" in toy.text and toy.record["profile"] == "toy"
    standard = explain(setup(small_network(), profile="standard").statement.to_bytes())
    assert "ITS PROOFS PROVE NOTHING" not in standard.text and "Soundness: 100." in standard.text


def test_explains_a_proof_by_its_header_alone():
    made, x = tiny()
    data = made.prove(made.witness(x)).to_bytes()
    record = explain(data).record
    assert record["statement"] == made.statement.digest.hex() and record["verified"] is False
    assert explain(data[:-1]).record == record | {"proof_bytes": len(data) - 1}
    with pytest.raises(ProofError, match="ends inside its version"):
        explain(data[:8])
    with pytest.raises(UsageError, match="neither a zkinfer statement nor a proof"):
        explain(data[1:])
