"""zkinfer estimate tells what setup and a proof will take and make, and writes nothing."""

import json

import pytest

from tests.cli.command_line import error_sentence, write_small_model, zkinfer
from tests.cli.proving import names

SECONDS = ("setup", "prove", "verify")


@pytest.fixture
def folder(tmp_path):
    write_small_model(tmp_path)
    return tmp_path


def test_tells_what_setup_and_a_proof_then_take(folder):
    before = names(folder)
    told = json.loads(zkinfer("estimate", "model.json", "--json", "-q", folder=folder, check=0).stdout)
    assert names(folder) == before
    setup = json.loads(zkinfer("setup", "model.json", "-o", "keys", "--json", "-q", folder=folder, check=0).stdout)
    prove = ("prove", "keys", "input.json", "-o", "proof", "--json", "-q")
    proved = json.loads(zkinfer(*prove, folder=folder, check=0).stdout)
    assert {name: told["bytes"][name] for name in setup["bytes"]} == setup["bytes"]
    assert told["bytes"]["proof"] == pytest.approx(proved["proof_bytes"], rel=0.05)
    assert told["soundness_bits"] == setup["soundness_bits"]
    for command, done in (("setup", setup), ("prove", proved)):
        assert told["peak_memory_bytes"][command] == pytest.approx(done["peak_memory_bytes"], rel=0.5)
    # Whoever else uses this machine has a say in seconds.
    assert 0.05 < told["seconds"]["setup"] / setup["seconds"]["total"] < 20
    assert 0.05 < told["seconds"]["prove"] / proved["seconds"]["prove"] < 20
    assert 0 < told["seconds"]["verify"] < 20


def test_prints_a_table_for_people(folder):
    done = zkinfer("estimate", "model.json", "--profile", "small", folder=folder, check=0)
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    assert all(" s" in lines[name] for name in SECONDS)
    assert "bytes" in lines["weights.code"] and "bytes" in lines["proof"]
    assert "bits of soundness" in done.stdout


def test_each_option_of_setup_that_changes_the_plan_changes_the_estimate(folder):
    def proof_bytes(*options):
        done = zkinfer("estimate", "model.json", *options, "--json", "-q", folder=folder, check=0)
        return json.loads(done.stdout)["bytes"]["proof"]

    standard = proof_bytes()
    assert proof_bytes("--profile", "small") < standard
    assert proof_bytes("--minimise", "bytes") <= standard <= proof_bytes("--minimise", "time")
    assert proof_bytes("--input-range=-1000000..1000000") > standard


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["model.json", "--profile", "toy"], "has no soundness"),
        (["model.json", "--minimise", "memory"], "'memory' cannot be minimised"),
        (["model.json", "--input-range", "4"], "4"),
        (["missing.json"], "missing.json"),
    ],
)
def test_refuses_with_the_remedy(folder, options, sentence):
    assert sentence in error_sentence(zkinfer("estimate", *options, folder=folder, check=2))
