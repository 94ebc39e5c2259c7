"""The tutorial's figures are those of the record of the digits, whose proofs say what the integers are."""

import json
from typing import Any

import pytest

from benches.markdown import replace_record
from examples.digits.record import RECORD, TUTORIAL, answered, figures
from zkinfer_verify.proof.outputs import Output, Outputs

DIGEST = bytes(32)


@pytest.fixture(scope="module")
def record() -> Any:
    return json.loads(RECORD.read_text())


def test_the_page_says_what_the_record_says(record: Any) -> None:
    page = TUTORIAL.read_text(encoding="utf-8")
    for name, part in figures(record).items():
        assert replace_record(page, name, part) == page, f"{name}: run `python -m examples.digits.record --page`"


def test_accepted_proofs_are_right_as_often_as_the_integers(record: Any) -> None:
    computed = record["accuracy"]["right"]["proved"]
    assert [record[shown]["all"]["right"] for shown in ("scores", "label")] == [computed, computed]
    assert 0.9 * record["images"] < computed <= record["images"]


@pytest.mark.parametrize(
    ("name", "dims", "integers", "digits"),
    [
        ("logits", (2, 1, 3), (-3, 5, 4, 9, 2, 1), [1, 0]),
        ("logits", (1, 3), (-3, -2, -1), [2]),
        ("logits.argmax", (2, 1), (7, 3), [7, 3]),
    ],
)
def test_the_digit_that_a_proof_shows(
    name: str, dims: tuple[int, ...], integers: tuple[int, ...], digits: list[int]
) -> None:
    shown = Output(name, dims, integers, tuple(map(float, integers)))
    assert answered(Outputs((shown,), b"", DIGEST, DIGEST)).tolist() == digits
