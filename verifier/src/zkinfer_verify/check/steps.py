"""protocol.md, 7.2 to 7.8, on a channel: what turns relations into one claim and constraints on pads, in order."""

from dataclasses import dataclass

from zkinfer_verify.check.affine import check_affine
from zkinfer_verify.check.claims import Claim, CountingChannel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.contraction import check_contraction
from zkinfer_verify.check.folding import Folded, check_folding
from zkinfer_verify.check.lookup import check_lookups
from zkinfer_verify.check.messages import run_messages
from zkinfer_verify.check.padding import check_padding
from zkinfer_verify.check.vanish import check_vanish
from zkinfer_verify.params.ledger import Parameters, Shape, derive_parameters
from zkinfer_verify.params.profile import Profile
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.transcript.schedule import Message


@dataclass(frozen=True)
class Reduced:
    """What 7.2 to 7.8 leave: the folded claim, and sigma, the mask row's claimed value at its point."""

    folded: Folded
    sigma: Claim


def reduce_relations(red: Reduction, layout: Layout) -> None:
    """Run 7.2 to 7.6: every relation becomes claims on columns. Nothing is reused between them."""
    check_lookups(red, layout)
    for index, vanish in enumerate(red.statement.vanishes):
        check_vanish(red, index, vanish)
    for index, contraction in enumerate(red.statement.contractions):
        check_contraction(red, index, contraction)
    for index, affine in enumerate(red.statement.affines):
        check_affine(red, index, affine)
    check_padding(red, layout)


def reduce_all(red: Reduction, layout: Layout) -> Reduced:
    """Run 7.2 to 7.7 and receive sigma: the first message of 7.8."""
    reduce_relations(red, layout)
    folded = check_folding(red)
    return Reduced(folded, red.ch.scalar("opening sigma"))


@dataclass(frozen=True)
class Schedule:
    """What a statement fixes before anything is sent: pads, products, scalars, parameters, and every message.

    scalar_pads: the pad of each scalar sent in 7.2 to 7.8; products as (first, second, both, mask, masked).
    """

    num_pads: int
    scalar_pads: tuple[int, ...]
    products: tuple[tuple[int, int, int, int, int], ...]
    num_scalars: int
    parameters: Parameters
    pad_rows: int
    messages: tuple[Message, ...]


def count_schedule(statement: Statement, layout: Layout, profile: Profile) -> Schedule:
    """Run the reductions on a counting channel: the schedule depends on the statement alone."""
    ch = CountingChannel(Vectors())
    red = Reduction(ch, statement, [()] * len(statement.outputs))
    reduce_all(red, layout)
    shape = Shape(
        row_vars=statement.row_vars,
        leaf_rows=len(layout.leaf_rows),
        weight_rows=statement.weight_rows,
        witness_rows=statement.witness_rows,
        tuple_width=layout.tuple_width,
        round_degrees=ch.round_degrees,
        point_vars=ch.point_vars,
        padding_groups=len(layout.padding_groups),
        constraints=len(ch.constraints) + 1 + 2 * len(ch.products),
        products=len(ch.products),
    )
    parameters = derive_parameters(profile, shape)
    products = tuple((p.first, p.second, p.both, p.mask, p.masked) for p in ch.products)
    pad_rows = -(-2 * ch.num_pads // parameters.pad_row_length)
    messages = run_messages(statement, layout, ch.transcript.record, len(products), parameters, pad_rows)
    return Schedule(ch.num_pads, tuple(ch.scalar_pads), products, len(ch.scalar_pads), parameters, pad_rows, messages)
