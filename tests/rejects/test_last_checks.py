"""Checks behind other checks: no proof file reaches them today, and each still refuses by itself."""

from dataclasses import replace

import pytest

from attacks.networks import tiny
from zkinfer_verify.api import check_proof
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.run import draw_positions
from zkinfer_verify.errors import InternalError, ProofError
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement.column import Column, Oracle, Role
from zkinfer_verify.statement.relations import ALONG, Form, Term
from zkinfer_verify.transcript.schedule import Kind, Message
from zkinfer_verify.transcript.transcript import Transcript


def test_rejects_a_proof_when_it_has_a_scalar_that_nothing_reads():
    made, x = tiny()
    proof = made.prove(made.witness(x), b"")
    check_proof(made.prepared, proof, Vectors())
    with pytest.raises(ProofError, match="the statement's schedule reads"):
        check_proof(made.prepared, replace(proof, scalars=(*proof.scalars, ZERO)), Vectors())


def test_refuses_to_draw_positions_before_the_schedule_ends():
    prepared = tiny()[0].prepared
    parameters = prepared.schedule.parameters
    planned = [
        Message("verifier", label, Kind.POSITIONS, parameters.num_queries) for label in ("positions", "positions of Q")
    ]
    draw_positions(Transcript.following(planned), prepared)
    late = Message("prover", "afterthought", Kind.BYTES, 0)
    with pytest.raises(InternalError, match="transcript ends before"):
        draw_positions(Transcript.following([*planned, late]), prepared)


def test_a_factor_of_two_groups_of_columns_is_their_sum():
    columns = tuple(Column(name, Oracle.WITNESS, Role.RANGED, (4,), 0, 4 * k, 0, 1) for k, name in enumerate("ab"))
    statement = replace(tiny()[0].statement, columns=columns)
    form = Form((4,), tuple(Term(1, index, (ALONG,)) for index in (0, 1)), 0)
    channel = Channel(Transcript(), [Ext(5), Ext(7), Ext(13)], Vectors())
    reduction = Reduction(channel, statement, ())
    factor = reduction.open_factor("factor", form, [Ext(2), Ext(3)])
    assert [claim.value.known for claim in reduction.claims] == [Ext(5), Ext(7)]
    assert factor.known == Ext(13)
    # 13 + pad 2 - (5 + pad 0) - (7 + pad 1) = 0
    (constraint,) = channel.constraints
    assert constraint[0] == "factor, sum of its columns"
    assert channel.pad_weights([ONE]) == ([-ONE, -ONE, ONE], ONE)


def test_rejects_a_proof_when_an_output_passes_its_bound():
    made, x = tiny()
    proof = made.prove(made.witness(x), b"")
    bound, (first, *others) = made.statement.outputs[0].bound, proof.outputs
    for value, message in (
        (bound, "^(?!output)"),
        (bound + 1, "beyond its declared bound"),
        (-bound - 1, "beyond its"),
    ):
        with pytest.raises(ProofError, match=message):
            check_proof(made.prepared, replace(proof, outputs=((value, *first[1:]), *others)), Vectors())


def test_an_item_fits_its_plan_when_its_size_does():
    item = Message("prover", "label", Kind.EXT, 2)
    assert item.allows(item) and item._replace(size=None).allows(item)
    for other in ({"size": 1}, {"kind": Kind.BASE, "size": None}, {"sender": "verifier"}):
        assert not item._replace(**other).allows(item)
