"""The verifier's parts alone: what each counts, tells apart and reads, up to its last value."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.rejects.test_statements_refused import (
    CONVOLUTION,
    HONEST,
    X,
    movement,
    number,
)
from zkinfer_verify.check.claims import Channel, CountingChannel
from zkinfer_verify.check.column_claims import group_terms
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.field.extension import ONE, Ext
from zkinfer_verify.field.prime import P, signed
from zkinfer_verify.params.ledger import Shape, bits_of, derive_parameters, error_terms
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement import limits
from zkinfer_verify.statement.bounds import contraction_magnitude, magnitude
from zkinfer_verify.statement.codec import decode, encode
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Form, Lookup, Term, Vanish
from zkinfer_verify.statement.statement import MAGIC, Statement
from zkinfer_verify.transcript import transcript
from zkinfer_verify.transcript.transcript import Transcript


def test_rejects_a_statement_when_it_asks_for_one_message_too_many():
    channel = CountingChannel(Vectors())
    for _ in range(limits.MAX_MESSAGES):
        channel.scalar("scalar")
    with pytest.raises(UsageError, match=f"more than {limits.MAX_MESSAGES} messages"):
        channel.scalar("scalar")
    rounds = CountingChannel(Vectors())
    assert len(rounds.rounds("round", 2, limits.MAX_MESSAGES // 2)[0]) == limits.MAX_MESSAGES
    with pytest.raises(UsageError, match=f"more than {limits.MAX_MESSAGES} messages"):
        CountingChannel(Vectors()).rounds("round", 1, limits.MAX_MESSAGES + 1)


def test_a_sum_without_weights_counts_the_summed_entries():
    relation = movement()
    assert contraction_magnitude(HONEST, relation) == magnitude(HONEST, relation.right) == 5
    assert contraction_magnitude(HONEST, replace(relation, extents=(45, 3, 7))) == 7 * 5


def test_a_norm_stands_for_weights_alone():
    """The sum runs over 3 * 2 * 1 values; a right operand is at most 5, a weight 3, the input 5, the output 286."""
    # The last column is of weights, so that an output's index, taken for a column's, would be one.
    statement = replace(HONEST, columns=(*HONEST.columns, HONEST.columns[number("conv1.kernel")]))

    def bound(norm: int, constant: int, *columns: int) -> int:
        left = Form((3, 3, 2, 1), tuple(Term(1, index, (ALONG,)) for index in columns), constant)
        return contraction_magnitude(statement, replace(CONVOLUTION, left=left, norm=norm))

    kernel = number("conv1.kernel")
    assert bound(14, 0, kernel) == 14 * 5
    assert bound(14, 1, kernel) == 6 * (3 + 1) * 5
    assert bound(14, 0, kernel, X) == 6 * (3 + 5) * 5
    assert bound(14, 0, -1) == 6 * 286 * 5
    assert bound(999, 0, X) == 999 * 5


SMALL = replace(HONEST.columns[number("relu2.limb0")], dims=(2, 4), offset=0)
OVER = (ALONG, ALONG, BROADCAST, BROADCAST)
# One column and another that cannot be opened with it: what tells them apart.
APART = {
    "their oracle": (replace(SMALL, oracle=Oracle.WEIGHTS), OVER),
    "the axes they lie along": (SMALL, (BROADCAST, BROADCAST, ALONG, ALONG)),
    "their slot": (replace(SMALL, offset=8), OVER),
    "their axes' variables": (replace(SMALL, dims=(4, 2)), OVER),
}


@pytest.mark.parametrize("difference", APART)
def test_columns_are_opened_apart_when_they_differ_in(difference):
    other, axes = APART[difference]
    statement = replace(HONEST, columns=(SMALL, SMALL, other))
    form = Form((2, 4, 2, 4), (Term(1, 0, OVER), Term(1, 1, OVER), Term(1, 2, axes)), 0)
    assert group_terms(statement, form) == [list(form.terms[:2]), [form.terms[2]]]


def test_the_most_positions_are_the_rows_of_the_shorter_code():
    shape = Shape(4, 33, 5, 33, 1, 100, 100, 3, 100, 10)

    def profile(bits: int) -> Profile:
        return Profile("toy", 5, (4,), 6, 5, bits, None)

    errors = [sum(term for _, term in error_terms(profile(0), shape, queries)) for queries in (15, 16)]
    bits = bits_of(errors[1]).__floor__()
    assert errors[0] >= Fraction(1, 1 << bits) > errors[1]
    assert derive_parameters(profile(bits), shape).num_queries == 16
    with pytest.raises(UsageError, match=f"cannot reach {bits + 1} bits"):
        derive_parameters(profile(bits + 1), shape)


def test_half_of_p_is_the_largest_integer():
    assert (signed(P // 2), signed(P // 2 + 1)) == (P // 2, -(P // 2))


def test_rejects_a_proof_when_its_scalars_are_too_many_or_too_few():
    channel = Channel(Transcript(), [ONE], Vectors())
    with pytest.raises(ProofError, match="reads 0"):
        channel.finish()
    channel.scalar("scalar")
    channel.finish()
    with pytest.raises(ProofError, match=r"needs more \(scalar\)"):
        channel.scalar("scalar")
    channel = Channel(Transcript(), [ONE, Ext(5), ONE], Vectors())
    with pytest.raises(ProofError, match=r"holds 3 scalars, .* needs more \(round\)"):
        channel.rounds("round", 2, 2)
    claims, point = channel.rounds("round", 3, 1)
    assert [claim.known for claim in claims] == [ONE, Ext(5), ONE] and len(point) == channel.round_degrees == 3
    channel.finish()


def test_a_statement_file_of_its_header_alone_is_cut_off():
    version = (1).to_bytes(8, "little")
    with pytest.raises(UsageError, match="format version"):
        Statement.from_bytes(MAGIC + version[:1])
    with pytest.raises(UsageError, match="8 bytes announced, 0 left"):
        Statement.from_bytes(MAGIC + version)


def test_a_list_announces_no_more_items_than_bytes():
    vanish_of_one = encode(Vanish((Form((), (), 0),)))
    assert decode(Vanish, vanish_of_one) == Vanish((Form((), (), 0),))
    left = len(vanish_of_one) - 8
    for count, message in ((left, "bytes announced"), (left + 1, f"{left + 1} items announced, {left} bytes left")):
        with pytest.raises(UsageError, match=message):
            decode(Vanish, count.to_bytes(8, "little") + vanish_of_one[8:])


def test_a_form_counts_each_output_by_its_own_bound():
    first = HONEST.outputs[0]
    two = replace(HONEST, outputs=(first, replace(first, bound=9)))
    assert [magnitude(two, Form((3,), (Term(2, index, (ALONG,)),), 1)) for index in (-1, -2)] == [
        2 * 286 + 1,
        2 * 9 + 1,
    ]


def test_a_pair_is_written_only_when_it_has_two_items():
    with pytest.raises(ValueError, match="longer"):
        encode(Lookup(0, ((1, 2, 3),)))  # type: ignore[arg-type]


def test_a_statement_is_named_by_the_hash_that_the_page_describes():
    expected = hashlib.sha256(b"zkinfer1/stmt\0\0\0" + (1).to_bytes(8, "little") + HONEST.to_bytes()[16:])
    assert replace(HONEST).digest == expected.digest()


def test_a_challenge_passes_over_words_that_are_no_elements(monkeypatch):
    def drawn(words: Sequence[int], count: int) -> list[Ext]:
        monkeypatch.setattr(transcript, "_words", lambda state: iter(words))
        return Transcript().challenges("challenge", count)

    assert drawn((P, P - 1, P + 1, 6, 0, 0, 7, 8), 2) == [Ext(P - 1, 6), Ext(7, 8)]
    assert drawn((P, 5, 7, 8), 1) == drawn((5, P, 7, 8), 1) == [Ext(5, 7)]
    assert drawn((0, 0, 7, 8), 1) == [Ext(7, 8)]
    assert drawn((0, 5, 7, 8), 1) == [Ext(0, 5)] and drawn((5, 0, 7, 8), 1) == [Ext(5, 0)]
