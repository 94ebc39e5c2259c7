"""zkinfer verify and zkinfer-verify say the same of the same files."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.cli.command_line import zkinfer
from tests.cli.proving import CONTEXT, copy_small_proof
from zkinfer.frontend.load import load
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.graph.graph import sequential
from zkinfer_verify.statement.statement import Statement


def pure(*arguments, folder, check=None):
    program = [sys.executable, "-c", "import sys; from zkinfer_verify.cli import main; sys.exit(main())"]
    done = subprocess.run([*program, *arguments], cwd=folder, capture_output=True, text=True, env={**os.environ})
    assert check is None or done.returncode == check, done.stderr
    return done


def full(*arguments, folder, check=None):
    return zkinfer("verify", *arguments, folder=folder, check=check)


both = pytest.mark.parametrize("verify", [pure, full])
FILES = ("keys/statement.zks", "proof")


@pytest.fixture
def folder(tmp_path):
    copy_small_proof(tmp_path)
    return tmp_path


@both
def test_accepts_and_says_what_was_not_checked(verify, folder):
    done = verify(*FILES, folder=folder, check=0)
    assert done.stdout.startswith("accepted\noutput     9  6\ndisplayed  0.83205029  0.5547002\n")
    assert f"{CONTEXT} (not checked: pass --context)" in done.stdout
    assert "(not checked: pass --" in done.stdout.splitlines()[-1]


@both
def test_prints_one_json_object(verify, folder):
    record = json.loads(verify(*FILES, "--json", folder=folder, check=0).stdout)
    assert record["accepted"] is True
    assert record["outputs"]["integers"] == [9, 6]
    assert bytes.fromhex(record["context"]) == CONTEXT.encode()
    assert (record["context_checked"], record["model_checked"]) == (False, None)
    assert record["seconds"] > 0


@both
def test_compares_context_and_digest(verify, folder):
    digest = json.loads(verify(*FILES, "--json", folder=folder).stdout)["statement"]
    done = verify(*FILES, "--context", CONTEXT, "--expect", digest, folder=folder, check=0)
    assert "not checked" not in done.stdout
    done = verify(*FILES, "--context", "another", folder=folder, check=1)
    assert "The proof is rejected: proof is bound to another context." in done.stderr
    done = verify(*FILES, "--expect", "00" * 32, folder=folder, check=1)
    assert "The proof is rejected: statement has digest" in done.stderr
    done = verify(*FILES, "--expect", "00", folder=folder, check=2)
    assert "A digest has 64 hexadecimal digits" in done.stderr


@both
@pytest.mark.parametrize("change", ["flip", "drop", "append", "empty"])
def test_rejects_a_proof_when_it_is_changed(verify, change, folder):
    data = (folder / "proof").read_bytes()
    middle = len(data) // 2
    changed = {
        "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "drop": data[:-1],
        "append": data + b"\0",
        "empty": b"",
    }[change]
    (folder / "proof").write_bytes(changed)
    done = verify(*FILES, "--json", folder=folder, check=1)
    record = json.loads(done.stdout)
    assert record["accepted"] is False and record["error"]["kind"] == "rejected"
    assert "outputs" not in record


@both
def test_rejects_a_broken_or_missing_statement_as_usage(verify, folder):
    path = folder / "keys" / "statement.zks"
    path.write_bytes(path.read_bytes()[:-5])
    assert "statement is damaged" in verify(*FILES, folder=folder, check=2).stderr
    path.unlink()
    said = verify(*FILES, folder=folder, check=2).stderr
    assert "statement.zks: cannot be read" in said and said.count("statement.zks") == 1


@both
def test_rejects_a_missing_proof_as_usage(verify, folder):
    done = verify("keys/statement.zks", "nothing", folder=folder, check=2)
    assert "nothing: cannot be read (No such file or directory)" in done.stderr


@both
def test_says_in_which_range_the_hidden_input_is_proved_to_be(verify, folder):
    assert "input      hidden, in -128..127 (not checked: pass --" in verify(*FILES, folder=folder, check=0).stdout
    record = json.loads(verify(*FILES, "--json", folder=folder, check=0).stdout)
    assert record["inputs"] == [{"name": "input", "lo": -128, "hi": 127}]
    assert record["input_range_checked"] is False
    done = verify(*FILES, "--expect", record["statement"], folder=folder, check=0)
    assert "input      hidden, in -128..127 (as expected)" in done.stdout


@both
def test_a_name_in_a_hostile_statement_does_not_reach_the_terminal(verify, folder):
    path = folder / "keys" / "statement.zks"
    statement = Statement.from_bytes(path.read_bytes())
    column = replace(statement.columns[0], name="\x1b[2Jaccepted", lo=1, hi=0)
    path.write_bytes(replace(statement, columns=(column, *statement.columns[1:])).to_bytes())
    done = verify(*FILES, folder=folder, check=2)
    assert "\\x1b[2Jaccepted" in done.stderr and "\x1b" not in done.stderr


@both
def test_names_the_statement_when_it_is_given_the_folder_of_the_keys(verify, folder):
    done = verify("keys", "proof", folder=folder, check=2)
    assert "keys: is a folder; pass the statement in it, keys/statement.zks" in done.stderr


def test_derives_the_statement_again_from_the_model(folder):
    done = full(*FILES, "--model", "model.json", folder=folder, check=0)
    assert "the statement was derived again from model.json" in done.stdout
    assert "hidden, in -128..127 (not checked: pass --input-range" in done.stdout


def test_compares_the_range_of_the_input_which_no_model_fixes(folder):
    done = full(*FILES, "--input-range", "-128..127", folder=folder, check=0)
    assert "hidden, in -128..127 (as expected)" in done.stdout
    done = full(*FILES, "--model", "model.json", "--input-range", "0..127", folder=folder, check=1)
    assert "the statement lets input range in -128..127, expected 0..127" in done.stderr


def test_rejects_another_model(folder):
    graph = load(folder / "model.json")
    ops = [node.op for node in graph.nodes]
    ops[4].weights[0, 0] += 1
    write_nn_json(sequential(graph.input_shape, ops), folder / "other.json")
    done = full(*FILES, "--model", "other.json", folder=folder, check=1)
    assert "the statement is about model" in done.stderr


def test_the_pure_verifier_imports_no_numpy(folder):
    code = "import sys; from zkinfer_verify.cli import main; code = main(); sys.exit(code or 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *FILES], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_pure_verifier_explains_with_v(folder):
    assert "An accepted proof says" in pure(*FILES, "-v", folder=folder, check=0).stderr


def test_the_input_does_not_appear_in_what_is_published(folder):
    secret = np.array([[3, 1, 4, 1], [-5, 9, 2, 6], [5, 3, -5, 8], [9, 7, 9, 3]]).reshape(4, 4, 1)
    np.save(folder / "input.npy", secret)
    zkinfer("prove", "keys", "input.npy", "-o", "proof", folder=folder, check=0)
    published = (folder / "proof").read_bytes() + (folder / "keys" / "statement.zks").read_bytes()
    row = secret.reshape(-1)
    for kind in ("<i8", "<i4", "i1"):
        assert row.astype(kind).tobytes() not in published
