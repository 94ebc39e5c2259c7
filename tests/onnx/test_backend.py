"""onnx's own node tests: what passed once passes, and nothing fails. `python -m tests.onnx.backend` prints all."""

import json

import pytest

from tests.onnx.backend import RECORD, run, summary


@pytest.mark.slow
def test_the_node_tests_of_onnx():
    kept = json.loads(RECORD.read_text())
    verdicts = run()
    assert not [name for name, text in verdicts.items() if text.startswith("failed")], summary(verdicts)
    lost = [name for name, text in kept.items() if text == "passed" and verdicts.get(name) != "passed"]
    assert not lost, {name: verdicts.get(name, "gone") for name in lost}
