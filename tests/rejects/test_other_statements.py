"""What an accepted proof says of its context, its statement and its outputs; attacks/ holds what is refused."""

import pytest

from attacks.networks import CONTEXT, mixed
from zkinfer_verify.api import verify
from zkinfer_verify.field.prime import P


@pytest.fixture(scope="module")
def honest():
    """A network and a proof."""
    made, x = mixed()
    return made, made.prove(made.witness(x))


def test_a_context_is_compared_if_it_is_asked_for_and_told_in_any_case(honest):
    made, proof = honest
    for asked in (CONTEXT, None):
        assert verify(made.statement, proof.to_bytes(), context=asked, allow_toy=True).context == CONTEXT


def test_the_expected_digest_is_accepted(honest):
    made, proof = honest
    told = verify(made.statement, proof.to_bytes(), expect=made.statement.digest, allow_toy=True)
    assert (told.statement_digest, told.integers) == (made.statement.digest, proof.outputs[0])


def test_outputs_have_one_encoding():
    """An output v and v + p, or v - p, never both lie within the bound: it is under p/2."""
    made, _ = mixed()
    assert made.statement.outputs[0].bound < P // 2
