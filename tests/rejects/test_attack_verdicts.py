"""A verdict can fail, and what is attacked is accepted when nobody attacks it."""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from attacks.attack import Attack, try_attack
from attacks.classes import a02_multiplicities, a07_rounding, a11_padded_counts
from attacks.handmade import written
from attacks.networks import convolving, rectified, tiny
from attacks.prover import deleted, forge
from attacks.witnesses import LOOKUP

GOOD = next(a02_multiplicities.attacks())


def honest():
    """Forge nothing."""
    made, x = tiny()
    return forge(made, made.witness(x)).sent(about_witness=True)


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        (Attack("accepted", honest), "the verifier accepted"),
        (replace(GOOD, stopped_by="another check"), "expected 'another check', the verifier said 'pad oracle"),
        (replace(GOOD, broken=()), r"expected the constraints \(\) to fail"),
        (replace(GOOD, broken=(LOOKUP, "affine 0")), r"to fail, not \('lookups, layer 0',\)"),
        (replace(GOOD, relation=""), "expected the relation '' to fail over the integers, not 'table 2"),
        (replace(GOOD, relation="padding"), "expected the relation 'padding' to fail"),
        (replace(GOOD, without=partial(deleted, "folding, end")), "without its check it should be accepted"),
    ],
)
def test_a_verdict_tells_when_an_attack_goes_otherwise(attack, says):
    (failure,) = try_attack(attack).failures
    assert re.search(says, failure)


def networks():
    """Yield what the attacks on witnesses start from, and an honest witness."""
    for network in (rectified, convolving):
        made, x = network()
        yield pytest.param(made, made.witness(x), id=network.__name__)
    positive = a11_padded_counts.positive()
    yield pytest.param(positive, positive.witness(np.array([1, 3])), id="positive")
    pairs = a07_rounding.honest()
    rounding = a07_rounding.rounding()
    outputs = tuple(quotient for quotient, _ in pairs)
    yield pytest.param(rounding, written(rounding, outputs, a07_rounding.filled(pairs)), id="rounding")


@pytest.mark.parametrize(("made", "witness"), list(networks()))
def test_the_honest_witness_is_accepted(made, witness):
    forgery = forge(made, witness)
    assert forgery.broken == ()
    forgery.sent().verify()
