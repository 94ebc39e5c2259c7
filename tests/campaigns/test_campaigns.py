"""The first cases of each campaign end as they should, and a run notices when one does not."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import pytest

from attacks.networks import Setup
from campaigns import __main__ as command
from campaigns import run
from campaigns.campaign import Campaign, CaseFailed, Tally, deciles
from campaigns.catalogue import CAMPAIGNS
from campaigns.drawn.networks import draw_network
from campaigns.mutated_proofs import subjects
from campaigns.mutations import SINGLE, Parts, Source
from campaigns.networks import INPUT_RANGES, INPUTS, WEIGHTS, draw_case
from campaigns.plans import PLANS, draw_lowered
from campaigns.reopening import Honest, open_again
from campaigns.run import run_campaign, run_cases
from zkinfer.program.cost import OBJECTIVES
from zkinfer.program.from_network import NetworkProgram
from zkinfer_verify import api
from zkinfer_verify.errors import ProofError, UsageError

SEED = "tests"
FEW = {"completeness": 12, "general": 12, "mutated-toy": 150, "mutated-standard": 4}


def nothing(done: int) -> None:
    """Show no progress."""


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_the_first_cases_end_as_they_should(name: str) -> None:
    outcome = run_campaign(CAMPAIGNS[name], SEED, 0, FEW[name], 1, nothing)
    assert outcome.failure is None
    assert outcome.done == FEW[name]


@pytest.mark.parametrize("way", SINGLE)
def test_every_way_to_change_a_proof_changes_it_and_leads_to_proof_error(way: str) -> None:
    subject = subjects("toy")[0]
    mine, other = (proof.parts for proof in subject.proofs[:2])
    source = Source(other, subject.made.prepared.sizes.num_queries, subject.bound)
    changed = {_changed(Random(f"{way} {number}"), way, mine, source) for number in range(10)} - subject.files
    assert changed
    for data in sorted(changed):
        with pytest.raises(ProofError):
            subject.made.check(data)


def _changed(draw: Random, way: str, proof: Parts, source: Source) -> bytes:
    parts = dict(proof)
    SINGLE[way](draw, parts, source)
    return b"".join(parts.values())


def test_a_changed_message_is_caught_also_where_the_right_columns_are_opened() -> None:
    """Without the linear vector mended by its constraint; with it, by its code, or by that of a vector before it."""
    subject = subjects("toy")[0]
    made, honest = subject.made, subject.proofs[0]
    caught = {
        (name, mend): _refusal_of_changed(made, honest, name, mend) for name in MESSAGES for mend in (False, True)
    }
    linear, code = "pad oracle, linear test: ", "the vector differs from the opened columns"
    assert caught == {
        ("scalars", False): f"{linear}a constraint on pads does not hold",
        ("scalars", True): "opening: y's code differs from the opened columns of W and A",
        ("y", False): f"{linear}a constraint on pads does not hold",
        ("y", True): "opening: y's code differs from the opened columns of W and A",
        ("reveals", False): f"{linear}a constraint on pads does not hold",
        ("reveals", True): f"pad oracle, proximity test: {code}",
        ("proximity vector", False): f"pad oracle, proximity test: {code}",
        ("proximity vector", True): f"pad oracle, proximity test: {code}",
        ("linear vector", False): f"{linear}{code}",
        ("linear vector", True): f"{linear}{code}",
    }


MESSAGES = ("scalars", "y", "reveals", "proximity vector", "linear vector")


def _refusal_of_changed(made: Setup, honest: Honest, name: str, mend: bool) -> str:
    parts = dict(honest.parts)
    parts[name] = bytes([parts[name][0] ^ 1]) + parts[name][1:]
    open_again(made, honest, parts, mend=mend)
    with pytest.raises(ProofError) as refused:
        made.check(b"".join(parts.values()))
    return str(refused.value)


def test_an_unchanged_proof_opens_as_it_did() -> None:
    subject = subjects("toy")[0]
    for honest, mend in product(subject.proofs, (False, True)):
        parts = dict(honest.parts)
        open_again(subject.made, honest, parts, mend=mend)
        assert parts == honest.parts


def test_every_kind_of_network_and_input_is_drawn() -> None:
    tally = Tally()
    for number in range(300):
        draw_case(Random(number), tally)
    layers = tally.counts["layer"]
    assert set(tally.counts["weights and biases"]) == set(WEIGHTS)
    assert set(tally.counts["input range"]) == set(INPUT_RANGES)
    assert set(tally.counts["input"]) == set(INPUTS)
    settings = ("stride", "padding", "dilation", "groups", "bias", "no bias")
    assert {"flatten", "relu", "normalize", "max_pool, 2x2", "max_pool, 1x1"} <= set(layers)
    assert {f"convolution, {setting}" for setting in settings} <= set(layers)
    assert {"fully_connected, bias", "fully_connected, no bias"} <= set(layers)


def test_a_case_is_drawn_again_from_seed_and_number() -> None:
    campaign = CAMPAIGNS["mutated-toy"]
    whole = run_cases(campaign, SEED, 0, 30).tally
    parts = Tally()
    for start in (20, 0, 10):
        parts.merge(run_cases(campaign, SEED, start, start + 10).tally)
    assert parts == whole != run_cases(campaign, "another", 0, 30).tally


def test_several_processes_count_what_one_counts() -> None:
    campaign = replace(CAMPAIGNS["mutated-toy"], chunk=10)
    seen: list[int] = []
    outcome = run_campaign(campaign, SEED, 5, 25, 2, seen.append)
    assert sorted(seen) == [5, 10, 10]
    assert outcome.tally == run_cases(campaign, SEED, 5, 30).tally


# -- a run that must fail ----------------------------------------------------------------------------------------------


def test_a_verifier_without_a_check_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns that need not belong to their roots: some changed proof is accepted, and its files are kept."""
    monkeypatch.setattr(api, "check_openings", lambda *arguments: None)
    monkeypatch.setattr(command, "FAILURES", tmp_path)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    record = tmp_path / "record.json"
    assert command.main(["mutated-toy", "--count", "300", "--record", str(record)]) == 1
    assert not record.exists()
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == {"failure.txt", "proof.zkp", "statement.zks"}
    said = capsys.readouterr().err
    assert "the verifier accepted it" in said
    again = said.partition("run it again: python -m campaigns ")[2].split()
    assert command.main(again) == 1
    monkeypatch.undo()
    assert command.main(again) == 0


def test_an_exception_that_is_no_proof_error_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(*arguments: object) -> None:
        raise IndexError("out of range")

    monkeypatch.setattr(api, "check_openings", careless)
    failure = run_cases(CAMPAIGNS["mutated-toy"], SEED, 0, 300).failure
    assert failure is not None
    assert "the verifier raised IndexError" in failure.what
    assert failure.evidence["proof.zkp"]


@pytest.mark.parametrize(("name", "expected"), [("completeness", "_integers"), ("general", "_expected")])
def test_a_prover_that_is_wrong_is_found(name: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"campaigns.{name}.{expected}", lambda *arguments: [])
    failure = run_cases(CAMPAIGNS[name], SEED, 0, 1).failure
    assert failure is not None
    assert "the network gives [" in failure.what


def test_another_output_that_is_accepted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.general._changed", lambda draw, outputs: outputs)
    failure = run_cases(CAMPAIGNS["general"], SEED, 0, 1).failure
    assert failure is not None
    assert "an output changed in the proof is accepted" in failure.what


def test_a_statement_that_is_not_derived_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zkinfer.program.planner.images_of", lambda program, statement: 4)
    failure = run_cases(CAMPAIGNS["general"], SEED, 0, 1).failure
    assert failure is not None
    assert "derived again from the network is another one" in failure.what


def test_a_refusal_for_no_stated_reason_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(*arguments: object) -> None:
        raise UsageError("statement is not well formed: columns overlap")

    monkeypatch.setattr("campaigns.general.ready", careless)
    failure = run_cases(CAMPAIGNS["general"], SEED, 0, 1).failure
    assert failure is not None
    assert "refused for no reason that is stated: statement is not well formed" in failure.what


def test_plans_are_drawn_with_every_choice() -> None:
    tally = Tally()
    for number in range(60):
        network = draw_network(Random(f"plans {number}"), Tally())
        with suppress(UsageError):
            draw_lowered(Random(number), NetworkProgram(network), "toy", bytes(32), tally)
    assert set(tally.counts["plan"]) == set(PLANS)
    assert set(tally.counts["the planner minimises"]) == set(OBJECTIVES)
    assert set(tally.counts["values share rows"]) == {"yes", "no"}


def test_a_run_that_hangs_ends_and_names_its_cases(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "STALL_SECONDS", 0.01)
    assert command.main(["mutated-toy", "--first", "7", "--count", "300", "--processes", "2"]) == 1
    assert "under way are cases 7 to 206, 207 to 306" in capsys.readouterr().err


@pytest.mark.parametrize("error", [CaseFailed("wrong", {"a": b"b"}), RecursionError("deep")], ids=repr)
def test_a_run_ends_at_the_first_failure(error: Exception) -> None:
    campaign = Campaign("three", "nothing fails", 9, 2, {}, _failing_at(3, error))
    seen: list[int] = []
    outcome = run_campaign(campaign, SEED, 0, 9, 1, seen.append)
    assert seen == [2, 1]
    assert outcome.failure is not None
    assert (outcome.done, outcome.failure.index) == (3, 3)
    assert str(error) in outcome.failure.what


def _failing_at(number: int, error: Exception) -> Callable[[Random, Tally], None]:
    seen: list[int] = []

    def run(draw: Random, tally: Tally) -> None:
        seen.append(1)
        if len(seen) > number:
            raise error

    return run


# -- records -----------------------------------------------------------------------------------------------------------


def test_a_record_says_what_was_drawn_and_what_became_of_it(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    assert command.main(["mutated-toy", "--count", "40", "--seed", SEED, "--record", str(file)]) == 0
    record = json.loads(file.read_text())
    assert (record["campaign"], record["count"], record["seed"], record["processes"]) == ("mutated-toy", 40, SEED, 1)
    counts = record["counts"]
    assert sum(counts["mutation"].values()) == sum(counts["rejected by"].values()) == 40
    assert {"commit", "machine", "seconds", "distribution", "deciles"} <= set(record)


def test_deciles_are_sizes_that_occurred() -> None:
    assert deciles(Counter({5: 1})) == [5] * 11
    assert deciles(Counter(range(11))) == list(range(11))
    assert deciles(Counter({1: 50, 100: 50})) == [1] * 6 + [100] * 5


@pytest.mark.parametrize("wrong", [["no such campaign"], ["completeness", "--count", "-1"], []], ids=repr)
def test_rejects_a_command_that_names_no_run(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(wrong)
    assert stopped.value.code == 2
