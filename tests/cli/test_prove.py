"""zkinfer prove writes an accepted proof, or says in one sentence why it does not."""

import json
import resource
import subprocess

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.cli.command_line import PROGRAM, error_sentence, zkinfer
from tests.cli.proving import copy_small_proof, names
from zkinfer import api
from zkinfer.cli.main import app


@pytest.fixture
def folder(tmp_path):
    copy_small_proof(tmp_path)
    (tmp_path / "proof").unlink()
    return tmp_path


def prove(folder, *options, check=None, input_file="input.json"):
    return zkinfer("prove", "keys", input_file, "-o", "proof", "-q", *options, folder=folder, check=check)


def rejects(folder, sentence, *options, input_file="input.json"):
    before = names(folder)
    done = prove(folder, *options, check=2, input_file=input_file)
    assert sentence in error_sentence(done)
    assert names(folder) == before


def test_says_what_is_public_and_what_is_hidden(folder):
    done = zkinfer("prove", "keys", "input.json", "-o", "proof", folder=folder, check=0)
    for word in ("public", "hidden", "soundness", "peak memory", "Merkle siblings"):
        assert word in done.stdout
    assert "of memory" in done.stderr


def test_prints_one_json_object(folder):
    record = json.loads(prove(folder, "--json", "--context", "hello", check=0).stdout)
    size = (folder / "proof").stat().st_size
    assert record["proof_bytes"] == size == sum(record["bytes_by_section"].values())
    assert record["seconds"]["total"] > 0 and {"commit", "lookups", "opening"} <= set(record["seconds"]["by_step"])
    assert record["peak_memory_bytes"] > 0 and record["soundness_bits"] >= 100
    assert len(record["outputs"]["integers"]) == 2
    assert bytes.fromhex(record["context"]) == b"hello"
    assert record["public"] and record["hidden"]


def test_two_proofs_of_one_input_differ(folder):
    prove(folder, check=0)
    first = (folder / "proof").read_bytes()
    prove(folder, check=0)
    assert (folder / "proof").read_bytes() != first


def test_reads_the_context_from_a_file(folder):
    (folder / "nonce").write_bytes(b"\x00\xff")
    prove(folder, "--context", "@nonce", check=0)
    done = zkinfer("verify", "keys/statement.zks", "proof", "--context", "@nonce", folder=folder, check=0)
    assert "0x00ff (as expected)" in done.stdout


def test_proves_several_inputs_at_once_and_writes_their_statement(folder):
    np.save(folder / "other.npy", np.zeros((4, 4, 1), dtype=np.int8))
    single = json.loads(prove(folder, "--json", check=0).stdout)
    record = json.loads(prove(folder, "other.npy", "--json", check=0).stdout)
    assert record["statement_file"] == "proof.zks"
    first, second = record["outputs"]["integers"]
    assert first == single["outputs"]["integers"] and second == [5, 6]
    done = zkinfer("verify", "proof.zks", "proof", "--model", "model.json", "--json", folder=folder, check=0)
    assert json.loads(done.stdout)["outputs"]["integers"] == [first, second]
    done = zkinfer("verify", "keys/statement.zks", "proof", "-q", folder=folder, check=1)
    assert "another statement" in done.stderr
    done = zkinfer("prove", "keys", "input.json", "other.npy", "-o", "proof", folder=folder, check=0)
    assert "output[1]" in done.stdout and "hand it out with the proof" in " ".join(done.stdout.split())


def test_rejects_inputs_of_different_shapes(folder):
    np.save(folder / "other.npy", np.zeros((4, 4), dtype=np.int8))
    rejects(folder, "other.npy: has shape (4, 4) and input.json has (4, 4, 1)", "other.npy")


def test_rejects_missing_keys(folder):
    done = zkinfer("prove", "other", "input.json", "-o", "proof", folder=folder, check=2)
    assert "other: there is no such folder; make one with zkinfer setup" in error_sentence(done)


@pytest.mark.parametrize("name", ["statement.zks", "weights.zkw", "weights.code"])
def test_rejects_a_missing_key_file(name, folder):
    (folder / "keys" / name).unlink()
    rejects(folder, f"{name}: cannot be read")


@pytest.mark.parametrize("name", ["statement.zks", "weights.zkw", "weights.code"])
@pytest.mark.parametrize("kept", [0, 10, 40, -1])
def test_rejects_a_truncated_key_file(name, kept, folder):
    path = folder / "keys" / name
    path.write_bytes(path.read_bytes()[:kept])
    rejects(folder, "run zkinfer setup")


def test_says_that_the_code_of_the_weights_is_damaged_when_its_size_is_right(folder):
    path = folder / "keys" / "weights.code"
    data = path.read_bytes()
    half = len(data) // 2
    path.write_bytes(data[:64] + bytes(half - 64) + data[half:])
    rejects(folder, "keys: its weights.code is damaged, nothing was written; run zkinfer setup again")


def test_rejects_an_input_of_another_shape(folder):
    (folder / "input.json").write_text("[1, 2]")
    rejects(folder, "The input has shape (2,), the network takes (4, 4, 1)")


def test_rejects_an_input_that_is_not_of_integers(folder):
    np.save(folder / "input.npy", np.full((4, 4, 1), 0.5))
    rejects(folder, "The input[0, 0, 0] is not an integer", input_file="input.npy")


def test_rejects_an_input_out_of_range(folder):
    np.save(folder / "input.npy", np.full((4, 4, 1), 777))
    rejects(folder, "outside of the range -128..127", input_file="input.npy")


def test_stops_before_it_would_pass_the_memory_limit(folder):
    rejects(folder, "more than the limit of 1 MB", "--memory", "1MB")


def test_rejects_a_place_that_cannot_be_written_before_it_proves(folder):
    done = zkinfer("prove", "keys", "input.json", "-o", "missing/proof", folder=folder, check=2)
    assert "there is no folder missing" in error_sentence(done)
    done = zkinfer("prove", "keys", "input.json", "-o", "keys", folder=folder, check=2)
    assert "keys: is not a regular file" in error_sentence(done)
    done = zkinfer("prove", "keys", "input.json", "-o", "/dev/full", folder=folder, check=2)
    assert "/dev/full: is not a regular file" in error_sentence(done)


def test_leaves_nothing_on_a_full_disk(folder):
    before = names(folder)
    done = subprocess.run(
        [*PROGRAM, "prove", "keys", "input.json", "-o", "proof", "-q"],
        cwd=folder,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
    )
    assert done.returncode == 2
    assert "proof: cannot be written (File too large); free some space" in error_sentence(done)
    assert names(folder) == before


def test_leaves_nothing_when_interrupted(folder, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "prove_witness", interrupt)
    before = names(folder)
    paths = [str(folder / name) for name in ("keys", "input.json")]
    done = CliRunner().invoke(app, ["prove", *paths, "-o", str(folder / "proof"), "-q"])
    assert done.exit_code == 2
    assert done.stderr == "zkinfer: Interrupted; nothing was written.\n"
    assert names(folder) == before


def test_a_proof_of_ours_that_is_rejected_is_our_bug_and_not_written(folder, monkeypatch):
    honest = api.compute_witness

    def forge(*arguments):
        witness = honest(*arguments)
        witness.rows[0, 0] += np.uint64(1)
        return witness

    monkeypatch.setattr(api, "compute_witness", forge)
    before = names(folder)
    paths = [str(folder / name) for name in ("keys", "input.json")]
    done = CliRunner().invoke(app, ["prove", *paths, "-o", str(folder / "proof"), "-q"])
    assert done.exit_code == 3
    assert "A bug in zkinfer" in done.stderr
    assert names(folder) == before
