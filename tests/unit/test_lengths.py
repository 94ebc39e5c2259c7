"""Sequences that belong together have one length: a caller that brings another is told, never given a shorter sum."""

import struct
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from attacks.networks import tiny
from zkinfer_verify.api import check_proof
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.folding import combine_weights
from zkinfer_verify.check.opening import check_opened_columns
from zkinfer_verify.check.pads import check_products
from zkinfer_verify.check.sumcheck import check_sumcheck
from zkinfer_verify.check.work import check_work
from zkinfer_verify.field.extension import EXT_BYTES, ONE, ZERO, Ext
from zkinfer_verify.hashing.merkle import root_of
from zkinfer_verify.poly.eq import eq_at, prefix_pair
from zkinfer_verify.poly.multilinear import evaluate_tensor
from zkinfer_verify.poly.univariate import round_weights
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.outputs import outputs_of
from zkinfer_verify.transcript.transcript import Transcript

STATEMENT = tiny()[0].statement
SHORT, LONG = [Ext(2)], [Ext(2), Ext(3)]


def channel() -> Channel:
    """Return a channel on which nothing was sent."""
    return Channel(Transcript(), (), Vectors())


@pytest.mark.parametrize(("x", "y"), [(SHORT, LONG), (LONG, SHORT)])
def test_points_of_different_lengths_have_no_eq(x, y):
    with pytest.raises(ValueError, match="zip"):
        eq_at(x, y)
    with pytest.raises(ValueError, match="zip"):
        prefix_pair(2, x, y)


def test_a_point_too_short_is_no_point_of_a_tensor():
    with pytest.raises(ValueError, match="zip"):
        evaluate_tensor([1, 2], (2,), [])


def test_half_an_element_is_none():
    encoded = ONE.to_bytes() + Ext(5).to_bytes()
    assert Vectors().from_bytes(encoded) == [ONE, Ext(5)]
    with pytest.raises(struct.error):
        Vectors().from_bytes(encoded[: EXT_BYTES + 8])
    with pytest.raises(ValueError, match="attempt to assign"):
        Vectors().evaluate_many(encoded[: EXT_BYTES + 8], [1])


@pytest.mark.parametrize("count", [1, 3])
def test_every_opened_position_has_a_leaf(count):
    with pytest.raises(ValueError, match="zip"):
        root_of(1, (0, 1), [bytes(32)] * count, b"")


@pytest.mark.parametrize("count", [0, 2])
def test_every_constraint_has_a_coefficient(count):
    ch = channel()
    ch.zero("constraint", ch.combine(ZERO))
    with pytest.raises(ValueError, match="zip"):
        ch.pad_weights([ONE] * count)


@pytest.mark.parametrize("count", [0, 2])
def test_a_run_of_rounds_weighs_its_claim_and_each_value(count):
    class Other(Vectors):
        def round_weights(self, *_: object) -> list[Ext]:
            return [ONE] * count

    ch = Channel(Transcript(), (), Other())
    with pytest.raises(ValueError, match="zip"):
        check_sumcheck(ch, ch.combine(ZERO), 0, 2, "round")


@pytest.mark.parametrize("count", [1, 3])
def test_every_round_has_an_element_of_the_equality_factor(count):
    with pytest.raises(ValueError, match="zip"):
        round_weights([ONE, ONE], 2, [ONE] * count)


@pytest.mark.parametrize("count", [0, 2])
def test_every_product_has_a_reveal(count):
    ch = channel()
    ch.product(ch.pad_claim(ch.new_pad()), ch.pad_claim(ch.new_pad()))
    with pytest.raises(ValueError, match="zip"):
        check_products(ch, ONE, [ONE] * count)


@pytest.mark.parametrize("count", [0, 2])
def test_every_claim_has_its_share_of_the_combination(count):
    red = Reduction(channel(), STATEMENT, ())
    red.claim_rows("claim", {}, cast(Any, None), red.ch.combine(ZERO))
    with pytest.raises(ValueError, match="zip"):
        combine_weights(red, [ONE] * count)


def test_every_contraction_has_a_plan():
    with pytest.raises(ValueError, match="zip"):
        check_work(STATEMENT, [])


def test_every_output_is_shown():
    for shown in ((), ((0,), (0,))):
        with pytest.raises(ValueError, match="zip"):
            outputs_of(STATEMENT, shown, b"")


def test_a_lookup_is_as_wide_as_its_table():
    lookup = STATEMENT.lookups[0]
    wide = replace(STATEMENT, lookups=(replace(lookup, components=lookup.components * 2),))
    with pytest.raises(ValueError, match="zip"):
        assert wide.lookups_of


def test_a_proof_shows_as_many_outputs_as_its_statement():
    made, x = tiny()
    proof = made.prove(made.witness(x))
    for outputs in ((), (*proof.outputs, (0,))):
        with pytest.raises(ValueError, match="zip"):
            check_proof(made.prepared, replace(proof, outputs=outputs), Vectors())


def test_every_position_has_its_column():
    rows = SimpleNamespace(weight_rows=1, witness_rows=1)
    y, zero = bytes(EXT_BYTES), bytes(8)

    def check(weights: bytes, witness: bytes) -> None:
        check_opened_columns(channel(), cast(Any, rows), {}, ONE, y, [1, 2], (weights, witness))

    check(2 * zero, 6 * zero)
    for weights, witness in ((1, 6), (2, 3), (3, 6)):
        with pytest.raises(ValueError, match="zip"):
            check(weights * zero, witness * zero)
