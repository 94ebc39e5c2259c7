"""The attacks leave out no message: every scalar, every part of a proof, everything that is absorbed."""

from dataclasses import fields, replace

import pytest

from attacks.classes import a30_wrong_scalars, a31_sumcheck_rounds, a61_splices
from attacks.networks import mixed, tiny
from attacks.prover import forge
from attacks.worlds import anew
from zkinfer_verify.api import check_proof
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.proof import Proof


def test_a_wrong_scalar_is_tried_under_every_label():
    assert {label for label, _, _ in a30_wrong_scalars.SCALARS} == set(a31_sumcheck_rounds.labels())


def test_every_part_of_a_proof_is_spliced_and_differs():
    assert {field.name for field in fields(Proof)} == set(a61_splices.PARTS)
    first, other = a61_splices.proofs()["first"], a61_splices.proofs()["another input"]
    for part in a61_splices.PARTS:
        source = a61_splices.of_another_statement() if part == "statement_digest" else other
        assert getattr(first, part) != getattr(source, part)


@pytest.mark.parametrize("network", [tiny, mixed])
def test_a_prover_that_forges_nothing_is_accepted(network):
    """The malicious prover is the honest one but for its forgery, so a refusal is about the forgery."""
    made, x = network()
    forgery = forge(anew(made), made.witness(x))
    assert forgery.broken == ()
    forgery.sent().verify()


def test_rejects_a_proof_when_a_scalar_is_missing_or_left_over():
    made, x = tiny()
    proof = made.prove(made.witness(x))
    for scalars in (proof.scalars[:-1], (*proof.scalars, Ext(0))):
        with pytest.raises(ProofError, match="scalars"):
            check_proof(made.prepared, replace(proof, scalars=scalars), Vectors())
