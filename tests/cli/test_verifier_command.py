"""zkinfer-verify, the command of the verifier alone: what it prints, and each way in which it ends."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from attacks.networks import tiny
from zkinfer_verify import cli, entry
from zkinfer_verify.errors import UsageError
from zkinfer_verify.proof.outputs import Output, Outputs
from zkinfer_verify.selftest import DATA, selftest_cases
from zkinfer_verify.statement.statement import Statement

(STANDARD,) = (case for case in selftest_cases() if case["name"] == "profile standard")
STATEMENT, PROOF = (Path(str(DATA / STANDARD[kind])) for kind in ("statement", "proof"))
CONTEXT = bytes.fromhex(STANDARD["context"])
DIGEST = Statement.from_bytes(STATEMENT.read_bytes()).digest

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: object, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Run the command in this process; return its exit code, standard output and standard error."""
    code = cli.main([*map(str, arguments or (STATEMENT, PROOF)), *options])
    return code, *capsys.readouterr()


def test_prints_the_outputs_and_what_was_not_checked(capsys):
    code, out, err = run(capsys)
    lines = out.splitlines()
    assert (code, lines[0], err) == (0, "accepted", "")
    assert sum("not checked: pass --expect" in line for line in lines) == 2
    assert f"context    {CONTEXT.decode()} (not checked: pass --context)" in lines


def test_prints_what_was_compared(capsys, tmp_path):
    (tmp_path / "context").write_bytes(CONTEXT)
    options = ("--context", f"@{tmp_path / 'context'}", "--expect", DIGEST.hex())
    code, out, _ = run(capsys, options=options)
    assert code == 0 and "not checked" not in out
    code, out, _ = run(capsys, options=(*options, "--json"))
    record = json.loads(out)
    assert code == 0 and record["accepted"] is True
    assert record["context_checked"] is True and record["input_range_checked"] is True
    assert record["model_checked"] == "the statement has the expected digest"


def test_names_the_statement_in_a_folder(capsys, tmp_path):
    code, out, err = run(capsys, tmp_path, PROOF)
    assert (code, out) == (2, "") and f"is a folder; pass the statement in it, {tmp_path}/statement.zks" in err


def test_explains_the_statement_when_asked_for_more(capsys):
    code, out, err = run(capsys, options=("-v",))
    assert code == 0 and out.startswith("accepted\n")
    assert err.startswith("verified in ") and "An accepted proof says" in err


def test_a_refused_proof_ends_as_one_sentence_and_one_object(capsys):
    code, out, err = run(capsys, options=("--context", "another", "--json"))
    sentence = "The proof is rejected: proof is bound to another context."
    assert (code, err) == (1, f"zkinfer-verify: {sentence}\n")
    assert json.loads(out) == {"accepted": False, "error": {"kind": "rejected", "message": sentence}}
    assert "Traceback" in run(capsys, options=("--context", "another", "-v"))[2]


@pytest.mark.parametrize("digest", ["", "00", "0" * 63, "g" * 64, "0" * 66])
def test_rejects_what_is_no_digest(digest, capsys):
    code, out, err = run(capsys, options=("--expect", digest))
    assert (code, out) == (2, "") and f"A digest has 64 hexadecimal digits, not {digest!r}" in err


def test_rejects_a_file_when_it_is_missing_or_larger_than_it_can_be(capsys, tmp_path):
    assert "absent: cannot be read (No such file or directory)" in run(capsys, STATEMENT, tmp_path / "absent")[2]
    size = PROOF.stat().st_size
    assert cli.read_file(PROOF, size) == PROOF.read_bytes()
    with pytest.raises(UsageError, match=f"has {size} bytes, more than the limit of {size - 1}"):
        cli.read_file(PROOF, size - 1)
    code, _, err = run(capsys, PROOF, PROOF)
    assert code == 2 and f"{PROOF.name}: this is not a zkinfer statement" in err


def test_refuses_the_profile_without_soundness(capsys, tmp_path):
    made, x = tiny()
    (tmp_path / "statement").write_bytes(made.statement.to_bytes())
    (tmp_path / "proof").write_bytes(made.prove(made.witness(x)).to_bytes())
    code, out, err = run(capsys, tmp_path / "statement", tmp_path / "proof")
    assert (code, out) == (2, "") and "toy" in err


@pytest.mark.parametrize(
    ("error", "code", "kind", "words"),
    [
        (KeyboardInterrupt(), 2, "usage", "Interrupted."),
        (MemoryError("no memory"), 2, "usage", "The system refused (no memory); check memory, paths and permissions."),
        (OSError("no disk"), 2, "usage", "The system refused (no disk); check memory, paths and permissions."),
        (ZeroDivisionError("oh"), 3, "bug", "A bug in zkinfer-verify: ZeroDivisionError: oh; please report it"),
        (UsageError("a name\n\x1b[2J"), 2, "usage", r"'a name \x1b[2J.'"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_whatever_goes_wrong_is_one_printable_sentence(error, code, kind, words, capsys):
    def fail(*_: Any, **__: Any) -> None:
        raise error

    with patch.object(cli, "verify", fail):
        ended, out, err = run(capsys, options=("--json",))
    record = json.loads(out)
    assert (ended, record["accepted"], record["error"]["kind"]) == (code, False, kind)
    assert words in record["error"]["message"] and err == f"zkinfer-verify: {record['error']['message']}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["selftest", "--help"]])
def test_says_what_it_is(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0 and "zkinfer-verify" in capsys.readouterr().out


def test_shows_a_display_only_where_it_differs_from_the_integers():
    statement = Statement.from_bytes(STATEMENT.read_bytes())
    plain = Output("first", (2,), (3, -4), (3.0, -4.0))
    scaled = replace(plain, name="second", display=(0.6, -0.8))
    outputs = Outputs((plain, scaled), b"", DIGEST, statement.model_id)
    text = cli.accepted_text(statement, outputs, context=False, model=None, input_range=False)
    assert text.splitlines()[1:4] == ["first      3  -4", "second     3  -4", "displayed  0.6  -0.8"]
    both = {"integers": [(3, -4), (3, -4)], "display": [(3.0, -4.0), (0.6, -0.8)]}
    assert cli.outputs_record(outputs) == both
    assert cli.outputs_record(replace(outputs, tensors=(scaled,))) == {"integers": (3, -4), "display": (0.6, -0.8)}


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command as a process of its own; what it prints fails when it is written, or when it is flushed."""
    monkeypatch.setenv("PYTHONUNBUFFERED", request.param)
    return [sys.executable, "-c", "import sys; from zkinfer_verify.cli import main; sys.exit(main())"]


def run_unread(command: list[str], *options: str) -> tuple[int, str]:
    """Run a command whose reader has left; return its exit code and standard error."""
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [*command, str(STATEMENT), str(PROOF), *options]
    with os.fdopen(writing, "wb") as out:
        done = subprocess.run(arguments, stdout=out, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stderr


@pytest.mark.parametrize("asked", [("--json",), ()], ids=["json", "people"])
@pytest.mark.parametrize("own", [(), ("selftest",)], ids=["verify", "selftest"])
def test_arguments_that_do_not_fit_are_told_as_json_where_it_is_asked_for(own, asked, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main([*own, *asked, "--sideways", *(() if own else ("statement", "proof"))])
    out, err = capsys.readouterr()
    assert stopped.value.code == 2 and err.endswith("error: unrecognized arguments: --sideways\n")
    told = {"kind": "usage", "message": "unrecognized arguments: --sideways."}
    assert [json.loads(line) for line in out.splitlines()] == ([{"accepted": False, "error": told}] if asked else [])


def test_the_entry_ends_as_the_command_does_or_quietly_where_it_is_interrupted(capsys):
    for code in (0, 1):
        with patch.object(cli, "main", return_value=code):
            assert entry.main() == code
    with patch.object(cli, "main", side_effect=KeyboardInterrupt):
        assert entry.main() == 130
    assert capsys.readouterr() == ("", "")


def test_does_not_end_as_accepted_when_its_reader_has_left(start):
    assert run_unread(start) == (2, "")


def test_a_refusal_is_said_even_when_its_reader_has_left(start):
    sentence = "zkinfer-verify: The proof is rejected: proof is bound to another context."
    assert run_unread(start, "--context", "another", "--json") == (1, f"{sentence}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_does_not_end_as_accepted_when_what_it_says_cannot_be_written(start, options):
    with Path("/dev/full").open("wb") as out:
        arguments = [*start, str(STATEMENT), str(PROOF), *options]
        done = subprocess.run(arguments, stdout=out, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "The system refused ([Errno 28] No space left on device)" in done.stderr
