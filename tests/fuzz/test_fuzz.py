"""A bounded, seeded run of every fuzz target; all that was found before; and findings that must be seen."""

import json
from dataclasses import replace

import pytest

from fuzz.__main__ import _beside
from fuzz.catalogue import TARGETS
from fuzz.run import fuzz
from fuzz.target import ACCEPTED, ROOT, Finding, Target

# About two seconds each on a quiet machine.
INPUTS = {
    "statement": 150,
    "proof": 150,
    "model": 500,
    "input-npy": 700,
    "input-json": 500,
    "keys": 100,
    "kernels": 3000,
    "onnx": 300,
}
REGRESSIONS = [(target, path) for target in TARGETS.values() for path in target.regressions()]


# numpy warns of what it takes for a header of its earlier versions; that is no ending.
@pytest.mark.filterwarnings("ignore:Data type alias:DeprecationWarning", "ignore:Reading `.npy`:UserWarning")
@pytest.mark.parametrize("name", TARGETS)
def test_a_bounded_run_finds_nothing(name):
    report = fuzz(TARGETS[name], seed=1, inputs=INPUTS[name])
    assert report.findings == []
    # Both endings are reached, and the refusals are not all alike.
    assert report.reasons[ACCEPTED] > 0
    assert len(report.reasons) > 4


@pytest.mark.parametrize(("target", "path"), REGRESSIONS, ids=[f"{t.name}-{path.name}" for t, path in REGRESSIONS])
def test_what_was_found_once_ends_as_it_must(target, path):
    ending = target.run(path.read_bytes())
    assert (ending == ACCEPTED) == (path.parent.name == ACCEPTED)


def test_every_regression_is_replayed():
    files = [path for path in (ROOT / "regressions").rglob("*") if path.is_file()]
    assert sorted(files) == sorted(path for _, path in REGRESSIONS)
    assert {path.parent.name for path in files} <= {ACCEPTED, "refused"}


@pytest.mark.parametrize("error", [Finding("a second encoding"), KeyError("x"), MemoryError(), RecursionError()])
def test_a_finding_is_reported_once_with_its_input(error):
    def run(data: bytes) -> str:
        if data.startswith(b"!"):
            raise error
        return ACCEPTED

    broken = Target("broken", lambda: [b"fine"], lambda draw, data, others: draw.choice([b"!", b"fine"]), run)
    report = fuzz(broken, seed=1, inputs=50)
    ((what, data),) = report.findings
    assert what.startswith(type(error).__name__) and data == b"!"
    assert report.reasons[ACCEPTED] > 1


def test_a_verifier_that_accepts_everything_is_found(monkeypatch):
    monkeypatch.setattr("attacks.networks.check_proof", lambda *given: None)
    report = fuzz(replace(TARGETS["proof"]), seed=1, inputs=40)
    assert any("no honest prover made" in what for what, _ in report.findings)


def test_a_record_keeps_the_targets_that_were_not_run_again(tmp_path):
    file = tmp_path / "record.json"
    old = [{"target": "onnx", "inputs": 1}, {"target": "statement", "inputs": 2}]
    assert _beside(file, {"proof": {"inputs": 3}}) == [{"inputs": 3}]
    file.write_text(json.dumps({"commit": "old", "targets": old}))
    statement, proof, onnx = _beside(file, {"onnx": {"inputs": 4, "commit": "new"}, "proof": {"inputs": 3}})
    assert (statement["inputs"], statement["commit"]) == (2, "old")
    assert proof == {"inputs": 3} and onnx == {"inputs": 4, "commit": "new"}
