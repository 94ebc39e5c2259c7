"""A malicious prover with an honest witness sends one wrong scalar, and follows the protocol else.

Each forgery names the step that must catch it. Where one check alone stands against it, the forgery is accepted once
that check is deleted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from attacks.networks import Setup, mixed, tiny
from attacks.prover import Forgery, forge, with_outputs
from tests.rejects.test_corrupted_witnesses import deleted
from zkinfer.prove.commit import commit_rows
from zkinfer.prove.sender import Sender
from zkinfer_verify.check import pads
from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import Ext, powers
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import LEAF_PADS, SALT_BYTES
from zkinfer_verify.proof.proof import Proof

CONSTRAINT = "linear test: a constraint on pads does not hold"
HALF = Ext((P + 1) // 2)
K = 16


def rejected(made: Setup, proof: Proof | bytes, match: str) -> None:
    """Check that a proof is rejected by the step that the message names."""
    with pytest.raises(ProofError, match=match):
        made.check(proof if isinstance(proof, bytes) else proof.to_bytes())


@contextmanager
def sending(label: str, change: Callable[[int, Ext], Ext]) -> Iterator[None]:
    """Change the scalars sent under a label, given their number under it, before they are padded."""
    send, count = Sender.send, [0]

    def changed(tx: Sender, at: str, *values: tuple[int, int]) -> None:
        if at == label:
            values = tuple(change(count[0] + k, Ext(*map(int, value))) for k, value in enumerate(values))
            count[0] += len(values)
        send(tx, at, *values)

    with patch.object(Sender, "send", changed):
        yield


def labels_sent() -> list[str]:
    """Return the labels of all scalars of a proof, in order of first use."""
    made, x = mixed()
    seen: list[str] = []
    send = Sender.send

    def recorded(tx: Sender, label: str, *values: tuple[int, int]) -> None:
        seen.append(label)
        send(tx, label, *values)

    with patch.object(Sender, "send", recorded):
        made.prove(made.witness(x))
    return list(dict.fromkeys(seen))


# -- scalars -----------------------------------------------------------------------------------------------------------

# Where a wrong scalar under a label shows, if everything after it is honest.
CAUGHT_BY = {
    "lookup": "lookups, layer",
    "vanish": "vanish",
    "contraction": "contraction",
    "affine": "affine",
    "folding": "folding, end",
    "opening": "opening",
}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("label", labels_sent())
def test_rejects_a_proof_when_a_scalar_is_wrong(label, number):
    made, x = mixed()
    with sending(label, lambda k, value: value + 1 if k == number else value):
        forged = forge(made, made.witness(x))
    if number and not forged.broken:
        # Some labels are sent once.
        made.check(forged.proof.to_bytes())
        return
    assert any(name.startswith((CAUGHT_BY[label.split()[0]], "folding, end")) for name in forged.broken)
    rejected(made, forged.proof, CONSTRAINT)


def scattered() -> tuple[Setup, np.ndarray]:
    """Return the network with one limb moved in its row, so that the limbs of a value are claimed at two points."""
    made, x = mixed()
    columns = tuple(replace(c, offset=8) if c.name == "relu2.limb1" else c for c in made.statement.columns)
    return replace(made, statement=replace(made.statement, columns=columns)), x


def test_rejects_a_proof_when_a_factor_is_not_the_sum_of_its_columns():
    """The other factor is zero, so a wrong factor changes no product: only its sum tells."""
    made, x = scattered()
    witness, name = made.witness(x), "vanish 2 factor"
    made.check(forge(made, witness).proof.to_bytes())

    def run() -> Forgery:
        with sending(name, lambda k, value: value + 1 if k == 3 else value):
            return forge(made, witness)

    forged = run()
    assert forged.broken == (f"{name}, sum of its columns",)
    rejected(made, forged.proof, CONSTRAINT)
    with deleted(forged.broken):
        made.check(run().proof.to_bytes())


def test_rejects_a_proof_when_an_output_is_carried_by_the_rounds_and_a_false_product():
    """Only the sacrifice catches this: the rounds halve a constant error, and one product of pads absorbs it."""
    made, x = tiny()
    witness = with_outputs(made.witness(x), 0, 1)
    product = made.prepared.schedule.products[-1]

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        drawn = original(*args)
        both = Ext(*map(int, drawn[product[2]])) + HALF
        drawn[product[2]] = both
        return drawn

    def run() -> Forgery:
        with sending("contraction 0 round", lambda k, value: value + HALF):
            return forge(made, witness, {"draw_pads": draw_pads})

    forged = run()
    assert forged.broken == ("product, sacrifice",)
    rejected(made, forged.proof, CONSTRAINT)
    with deleted(("product, sacrifice",)):
        made.check(run().proof.to_bytes())


def test_rejects_a_proof_when_the_linear_mask_carries_the_error_of_a_constraint():
    """The error of one constraint is a constant known beforehand; the mask M0 cancels it if its coefficient were 1."""
    made, x = tiny()
    witness = with_outputs(made.witness(x), 0, 1)

    def commit_pads(original: Callable[..., Any], kernels: Any, entropy: Any, schedule: Any, values: Any) -> Any:
        honest = original(kernels, entropy, schedule, values)
        mask = honest.low_mask.copy()
        mask[schedule.parameters.pad_row_length - 1] = HALF
        blocks = [
            np.ascontiguousarray(m[:, half]) for m in (honest.proximity_mask, mask, honest.high_mask) for half in (0, 1)
        ]
        salts = entropy.bytes(SALT_BYTES * schedule.parameters.pad_code_length)
        committed = commit_rows(
            kernels, LEAF_PADS, [honest.rows, np.stack(blocks)], schedule.parameters.pad_code_length, salts
        )
        return replace(honest, low_mask=mask, committed=committed)

    def run() -> Forgery:
        with sending("contraction 0 round", lambda k, value: value + HALF):
            return forge(made, witness, {"commit_pads": commit_pads})

    forged = run()
    assert forged.broken == ("contraction 0, end",)
    rejected(made, forged.proof, CONSTRAINT)
    with standing_first("contraction 0, end"):
        rejected(made, run().proof, CONSTRAINT)
        # With powers from lambda^0 on, the first constraint has coefficient 1, and the forgery passes.
        with patch.object(pads, "powers", lambda a, count: [Ext(1), *powers(a, count - 1)]):
            made.check(run().proof.to_bytes())


@contextmanager
def standing_first(name: str) -> Iterator[None]:
    """Let a constraint be the first one, for prover and verifier."""
    conclude = Channel.zero

    def zero(ch: Channel, at: str, claim: Claim) -> None:
        conclude(ch, at, claim)
        if at == name:
            ch.constraints.insert(0, ch.constraints.pop())

    with patch.object(Channel, "zero", zero):
        yield
