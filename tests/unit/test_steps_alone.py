"""Single steps of the verifier against their formulas, where whole proofs would not notice the difference."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest

from attacks.networks import tiny
from tests.rejects.test_statements_refused import CONVOLUTION, HONEST
from zkinfer_verify import api
from zkinfer_verify.check import work
from zkinfer_verify.check.access import plan_contraction
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.messages import LEAST_ZEROS, zeros_length
from zkinfer_verify.check.opening import check_opened_columns
from zkinfer_verify.check.vanish import check_vanish
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.field.extension import ONE, ORDER, ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.poly.multilinear import evaluate_tensor
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.decode import decode_proof
from zkinfer_verify.statement.column import Column, Oracle, Role
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.relations import ALONG, Affine, Form, Index, Term, Vanish
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.statement.tables import Run, Table
from zkinfer_verify.transcript.schedule import Kind, Message
from zkinfer_verify.transcript.transcript import Transcript

OUTPUT = tiny()[0].statement.outputs[0]
TWO_OUTPUTS = replace(
    HONEST, outputs=(replace(OUTPUT, dims=(2,)), replace(OUTPUT, dims=(4, 3))), vanishes=(), affines=(), contractions=()
)


def test_a_form_reads_the_public_output_that_it_names():
    outputs, point = ((5, 7), tuple(range(12))), [Ext(2), Ext(3), Ext(4), Ext(5)]
    red = Reduction(Channel(Transcript(), (), Vectors()), TWO_OUTPUTS, outputs)
    for form_dims, term, used in (((2,), Term(3, -1, (ALONG,)), 0), ((4, 3), Term(3, -2, (ALONG, ALONG)), 1)):
        at = point[: 1 if used == 0 else 4]
        value = red.open_form("form", Form(form_dims, (term,), 0), at)
        assert value.known == 3 * evaluate_tensor(outputs[used], form_dims, at) != ZERO


def test_a_column_at_two_places_of_a_form_weighs_what_both_give():
    column = Column("a", Oracle.WITNESS, Role.RANGED, (4,), 3, 0, 0, 1)
    red = Reduction(Channel(Transcript(), [ZERO], Vectors()), replace(HONEST, columns=(column,), row_vars=2), ())
    at = [Ext(2), Ext(3), Ext(5)]
    red.open_form("form", Form((4, 2), (Term(7, 0, (ALONG, 0)), Term(11, 0, (ALONG, 1))), 0), at)
    # 7 (1 - 5) + 11 * 5
    (claim,) = red.claims
    assert claim.weights == {(Oracle.WITNESS, 3): Ext(7 * (1 - 5) + 11 * 5)}


def test_rows_of_one_pattern_are_one_padding_group_in_whatever_order_their_columns_are_listed():
    def columns(row: int) -> list[Column]:
        # Cells 8 .. 15 and 4 .. 7 of 16: number 1 of the slots of their own sizes, both of them.
        places = (((7,), 8), ((3,), 4))
        return [Column("a", Oracle.WITNESS, Role.RANGED, dims, row, offset, 0, 1) for dims, offset in places]

    listed = (*columns(0), *reversed(columns(1)))
    layout = Layout(replace(HONEST, row_vars=4, columns=listed))
    assert [rows for _, rows in layout.padding_groups] == [(0, 1)]


def test_the_largest_element_is_read_and_the_next_word_refused():
    made, x = tiny()
    proof, sizes = made.prove(made.witness(x)), made.prepared.sizes

    def changed(word: int) -> bytes:
        return replace(proof, y=word.to_bytes(8, "little") + proof.y[8:]).to_bytes()

    assert decode_proof(made.statement, sizes, changed(P - 1)).y[:8] == (P - 1).to_bytes(8, "little")
    with pytest.raises(ProofError, match="element >= p in its y"):
        decode_proof(made.statement, sizes, changed(P))


def work_of(statement: Statement) -> int:
    """Return the work that a statement is refused for."""
    with patch.object(work, "MAX_WORK", -1), pytest.raises(UsageError, match="asks its verifiers") as refused:
        work.check_work(statement, [plan_contraction(relation) for relation in statement.contractions])
    return int(str(refused.value).split(" for ")[1].split()[0])


def test_a_public_term_is_the_work_of_its_outputs_entries():
    for index, entries in ((-1, 2), (-2, 12)):
        affine = Affine(Form(TWO_OUTPUTS.outputs[-1 - index].dims, (Term(1, index, ()),), 0))
        assert work_of(replace(TWO_OUTPUTS, affines=(affine,))) == entries


def test_a_sliding_axis_is_the_work_of_its_entries_tuples_and_places():
    """One axis of 7 entries that reads 3 positions of a window, in steps of 2, and 2 inside it; 3 outputs."""
    window = Index(7, ((0, 2), (1, 3)), 0)
    out, nothing = Index(3, ((0, 1),), 0), Form((7,), (), 0)
    relation = replace(
        CONVOLUTION, extents=(3, 2), out=Form((3,), (), 0), out_access=((out,),),
        left=None, left_access=(), right=nothing, right_access=((window,),),
    )  # fmt: skip
    # 7 entries and 3 of the output; 3 * 2 tuples; places 0 .. 2 * 2 + 1 * 3.
    assert work_of(replace(TWO_OUTPUTS, contractions=(relation,))) == (7 + 3) + 6 + 8


def test_a_tables_runs_are_the_work_of_their_ends_and_of_every_row():
    runs = (Run(2, 0, 1), Run(3, 7, 0))
    for rows, work_of_a_run in ((5, 2 * 3 + 1), (40, 2 * 4 + 3)):
        column = Column("counts", Oracle.WITNESS, Role.MULTIPLICITY, (rows,), 0, 0, 0, 1)
        tables = (Table(0, rows, 0, runs), Table(0, rows, 0))
        assert work_of(replace(TWO_OUTPUTS, row_vars=4, columns=(column,), tables=tables)) == 2 * work_of_a_run


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_product_of_factors_has_one_product_fewer_than_factors(count):
    column = Column("a", Oracle.WITNESS, Role.RANGED, (2,), 0, 0, 0, 1)
    statement = replace(HONEST, columns=(column,))
    ch = Channel(Transcript(), [Ext(3)] * 100, Vectors())
    form = Form((2,), (Term(1, 0, (ALONG,)),), 0)
    check_vanish(Reduction(ch, statement, ()), 0, Vanish((form,) * count))
    assert len(ch.products) == count - 1
    assert len(ch.constraints) == max(1, count - 1)


def test_the_ledger_counts_every_constraint_of_a_run():
    made, x = tiny()
    channels: list[Channel] = []

    def kept(*arguments: Any) -> Channel:
        channels.append(Channel(*arguments))
        return channels[-1]

    with patch.object(api, "Channel", kept):
        api.check_proof(made.prepared, made.prove(made.witness(x)), Vectors())
    error = dict(made.prepared.schedule.parameters.terms)["constraints on pads"]
    assert error == Fraction(len(channels[0].constraints), ORDER - 1)


def test_columns_of_a_statement_without_weights_are_those_of_the_witness():
    rows = SimpleNamespace(weight_rows=0, witness_rows=1)
    column = b"".join(value.to_bytes(8, "little") for value in (2, 5, 0))
    # theta * 4 * 2, and the mask 5: a constant polynomial.
    for y, wrong in ((Ext(13), False), (Ext(14), True)):
        arguments = (cast(Any, rows), {(Oracle.WITNESS, 0): Ext(4)}, ONE, y.to_bytes(), [1, 9], (b"", 2 * column))
        ch = Channel(Transcript(), (), Vectors())
        if wrong:
            with pytest.raises(ProofError, match="y's code differs"):
                check_opened_columns(ch, *arguments)
        else:
            check_opened_columns(ch, *arguments)


def test_the_zeros_are_more_than_a_network_could_hash():
    def zeros(products: int, lookups: int, vanishes: int) -> int:
        counts = SimpleNamespace(num_products=products, num_lookups=lookups, num_vanish_entries=vanishes)
        return zeros_length(cast(Any, counts))

    assert zeros(64 * 5, 7, 3) == zeros(64 * LEAST_ZEROS, 0, 0) == LEAST_ZEROS
    assert zeros(64 * LEAST_ZEROS + 1, 7, 3) == LEAST_ZEROS + 1 + 7 + 3


def test_a_transcript_without_a_schedule_may_end_anywhere():
    transcript = Transcript()
    transcript.finish()
    transcript.absorb_bytes("label", b"")
    transcript.finish()
    assert transcript.record == [Message("statement", "label", Kind.BYTES, 0)]


def test_what_lies_outside_of_a_grid_is_zero():
    vectors = Vectors()
    grid = [Ext(k) for k in range(1, 7)]
    shown = vectors.crop(vectors.from_elements(grid), (2, 3), (-1, -1), (4, 5))
    expected = [ZERO] * 5 + [ZERO, *grid[:3], ZERO] + [ZERO, *grid[3:], ZERO] + [ZERO] * 5
    assert vectors.elements(shown) == expected
