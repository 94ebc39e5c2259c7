"""zkinfer-verify selftest: every verdict of the cases that ship, and exit code 0 only when each is the expected one."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import pytest

from zkinfer_verify import api, cli, selftest
from zkinfer_verify.errors import ProofError
from zkinfer_verify.selftest import selftest_cases

CASES = selftest_cases()


def some(*classes: str) -> list[dict[str, Any]]:
    """Return the honest toy proof and the first case of some classes."""
    return [CASES[0], *(next(case for case in CASES if case["class"] == name) for name in classes)]


def run(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it prints."""
    code = cli.main(["selftest", *options])
    return code, capsys.readouterr().out


def test_every_case_gets_the_verdict_that_it_names(capsys):
    code, out = run(capsys, "--json")
    record = json.loads(out)
    assert code == 0 and record["passed"] is True
    assert [case["name"] for case in record["cases"] if not case["as_expected"]] == []
    accepted = {(case["class"], case["name"]) for case in record["cases"] if case["verdict"] == "accepted"}
    assert accepted == {("honest", "every kind of relation"), ("honest", "profile standard")}


def test_the_cases_are_honest_changed_and_forged():
    forged = [case for case in CASES if case["class"][:2].isdigit()]
    assert {case["class"] for case in CASES} - {case["class"] for case in forged} == {
        "honest",
        "bit flipped",
        "not canonical",
        "truncated",
        "extended",
        "bound to",
    }
    assert len(forged) >= 30 and len({case["class"] for case in forged}) >= 10
    assert all(case["stopped_by"] for case in CASES if case["class"] != "honest")


def test_prints_a_table(capsys):
    with patch.object(cli, "selftest_cases", lambda: some("bit flipped", "extended")):
        code, out = run(capsys)
    heading, *rows, total = out.splitlines()
    assert code == 0 and heading.split() == ["class", "case", "ms", "verdict"]
    assert [row.split("  ")[0] for row in rows] == ["honest", "bit flipped", "extended"]
    assert total == "1 honest and 2 forged proofs, no wrong verdicts"


def refuse(*_: object) -> None:
    """Refuse whatever it is."""
    raise ProofError("for no reason")


@pytest.mark.parametrize(
    ("check", "broken", "wrong"),
    [
        ("check_linear_target", lambda *_: None, {"outputs"}),
        ("check_openings", lambda *_: None, {"columns of A", "a byte"}),
        ("check_openings", refuse, {"every kind of relation", "columns of A", "a byte"}),
        ("decode_proof", nullcontext, None),
    ],
    ids=["a forgery accepted", "stopped by another check", "honest proofs refused", "a crash"],
)
def test_fails_when_the_verifier_is_broken(check: str, broken: Callable[..., Any], wrong: set[str] | None, capsys):
    named = [case for case in CASES if case["name"] in ("outputs", "columns of A", "a byte", "every kind of relation")]
    cases = [case for case in named if case["class"] in ("honest", "bit flipped", "extended")]
    with patch.object(api, check, broken), patch.object(cli, "selftest_cases", lambda: cases):
        code, out = run(capsys, "--json")
    assert code == 3
    if wrong is None:
        assert json.loads(out)["error"]["kind"] == "bug"
    else:
        assert {case["name"] for case in json.loads(out)["cases"] if not case["as_expected"]} == wrong


def test_a_wrong_verdict_is_marked_in_the_table(capsys):
    with patch.object(api, "check_openings", refuse), patch.object(cli, "selftest_cases", lambda: some("extended")):
        code, out = run(capsys)
    assert code == 3 and out.count("WRONG") == 2
    assert "for no reason, expected 'accepted'" in out and "2 wrong verdicts" in out


def test_a_statement_of_this_name_is_reached_by_its_path(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "selftest").write_bytes(b"no statement")
    assert cli.main(["./selftest", "./selftest"]) == 2
    assert "selftest: this is not a zkinfer statement" in capsys.readouterr().err


def test_the_data_stays_small():
    sizes = [path.stat().st_size for path in selftest.DATA.iterdir()]
    assert len(sizes) > 20 and sum(sizes) < 1_500_000
