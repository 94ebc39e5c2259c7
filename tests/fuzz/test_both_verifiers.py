"""Both verifiers answer alike on what the fuzzer draws, and on statements that ask for much."""

from collections.abc import Callable
from random import Random

import pytest

from attacks.networks import tiny
from fuzz.hostile import HOSTILE
from fuzz.target import ACCEPTED, Target
from fuzz.verifier_targets import PROOF, STATEMENT
from tests.compat.test_second_verifier import answers, binary  # noqa: F401  (a fixture)


def drawn(target: Target, count: int) -> list[bytes]:
    """Mutate, and mutate further what was not refused."""
    draw, kept = Random(f"both {target.name}"), list(target.seeds())
    out = []
    for _ in range(count):
        data = target.mutate(draw, draw.choice(kept), kept)
        out.append(data)
        if target.run(data) == ACCEPTED and len(kept) < 50:
            kept.append(data)
    return out


def statement_record(data: bytes) -> tuple[bytes, bytes]:
    return data, b""


def proof_record(data: bytes) -> tuple[bytes, bytes]:
    return tiny()[0].statement.to_bytes(), data


@pytest.mark.parametrize(
    ("target", "record", "count", "good"),
    [(STATEMENT, statement_record, 250, "rejected"), (PROOF, proof_record, 150, "accepted")],
    ids=["statements", "proofs"],
)
def test_both_verifiers_agree(binary, target: Target, record: Callable, count: int, good: str):  # noqa: F811
    # An empty file is no statement to either, but means the one before to the second verifier's batches.
    inputs = [data for data in [*target.seeds(), *drawn(target, count)] if data]
    lines = answers(binary, [record(data) for data in inputs], "--allow-toy")
    # A statement that may be used comes with an empty proof, which is rejected.
    assert [line.startswith(good) for line in lines] == [target.run(data) == ACCEPTED for data in inputs]


def test_the_second_verifier_refuses_what_asks_for_much(binary):  # noqa: F811
    honest = tiny()[0].statement
    lines = answers(binary, [(case.make(honest), b"") for case in HOSTILE], "--allow-toy")
    refused = [line.startswith("refused") for line in lines]
    assert refused == [bool(case.refused) for case in HOSTILE]
