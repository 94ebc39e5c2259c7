"""protocol.md, 7.2: every lookup and every table in one LogUp-GKR tree.

    sum over looked-up tuples of 1 / (alpha - id - sum_k beta^k c_k)  -  sum over table rows of m / (alpha - id -
    sum_k beta^k t_k)  =  0

A node holds a fraction p/q; its children are the neighbours 2i and 2i + 1. The root's numerator is zero by definition.
Source: [2023/1284].
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zkinfer_verify.check.claims import Claim
from zkinfer_verify.check.column_claims import EqPart, Reduction, RowWeights
from zkinfer_verify.check.sumcheck import check_eq_sumcheck
from zkinfer_verify.field.extension import MINUS_ONE, ONE, ZERO, Ext
from zkinfer_verify.poly.eq import eq_table
from zkinfer_verify.statement.column import Oracle, pattern_indicator
from zkinfer_verify.statement.layout import Layout, LeafRow


def check_lookups(red: Reduction, layout: Layout) -> None:
    """Reduce all lookups to two claims on columns: one on what is looked up, one on the multiplicities.

    Reduces: layer by layer, p + lambda q of a layer to the numerators and denominators of the next.
    Still to check: the two claims. Error: leaves * tuple width / |E|, and the rounds.
    """
    ch = red.ch
    alpha, beta = ch.challenge("lookup alpha"), ch.challenge("lookup beta")
    numerator, denominator = ch.combine(ZERO), ch.scalar("lookup root denominator")
    point: list[Ext] = []
    for layer in range(layout.leaf_vars):
        mix = ch.challenge("lookup lambda")
        claim = ch.combine(ZERO, (ONE, numerator), (mix, denominator))
        inner, final = check_eq_sumcheck(ch, claim, point, 2, "lookup round")
        p0, q0, p1, q1 = (ch.scalar("lookup node") for _ in range(4))
        merged = ch.combine(
            ZERO, (ONE, ch.product(p0, q1)), (ONE, ch.product(p1, q0)), (mix, ch.product(q0, q1)), (MINUS_ONE, final)
        )
        ch.zero(f"lookups, layer {layer}", merged)
        last = ch.challenge("lookup tau")
        numerator = ch.combine(ZERO, (1 - last, p0), (last, p1))
        denominator = ch.combine(ZERO, (1 - last, q0), (last, q1))
        point = [*inner, last]
    _claim_leaves(red, layout, (alpha, beta), point, numerator, denominator)


def _claim_leaves(
    red: Reduction,
    layout: Layout,
    challenges: tuple[Ext, Ext],
    point: Sequence[Ext],
    numerator: Claim,
    denominator: Claim,
) -> None:
    """Turn the leaf layer's numerator and denominator into claims on the columns in the leaves.

    A lookup leaf is 1_real / (alpha - id - sum_k beta^k scale_k c_k), a table leaf
    -m / (alpha - id - sum_k beta^k t_k), and a missing row of leaves 0 / 1.
    """
    ch, row_vars = red.ch, red.statement.row_vars
    row_point, cell_point = point[: len(point) - row_vars], point[len(point) - row_vars :]
    leaves = ch.evaluate(lambda: _evaluate_leaves(red, layout, challenges, row_point, cell_point), _Leaves())
    part = EqPart(tuple(cell_point))
    red.claim_rows("lookup multiplicities", leaves.multiplicities, part, ch.combine(-leaves.known_p, (ONE, numerator)))
    red.claim_rows("lookup columns", leaves.columns, part, ch.combine(-leaves.known_q, (ONE, denominator)))


@dataclass
class _Leaves:
    """The leaf layer at a point: its public parts, and the weights of the rows in it."""

    known_p: Ext = ZERO
    known_q: Ext = ONE
    multiplicities: RowWeights = field(default_factory=dict)
    columns: RowWeights = field(default_factory=dict)


def _evaluate_leaves(
    red: Reduction, layout: Layout, challenges: tuple[Ext, Ext], row_point: Sequence[Ext], cell_point: Sequence[Ext]
) -> _Leaves:
    alpha, beta = challenges
    out = _Leaves()
    for weight, leaf in zip(eq_table(row_point), layout.leaf_rows, strict=False):
        # Missing rows are 0/1, so the sum starts at 1 and each existing row takes its weight of it away.
        out.known_q = out.known_q + weight * (alpha - leaf.ids(cell_point) - 1)
        if leaf.is_table:
            out.multiplicities[Oracle.WITNESS, leaf.components[0][0]] = -weight
            out.known_q = out.known_q - weight * _table_values(red, leaf, beta, cell_point)
            continue
        out.known_p = out.known_p + weight * pattern_indicator(leaf.pattern, cell_point)
        power = weight
        for row, scale in leaf.components:
            power = power * beta
            out.columns[Oracle.WITNESS, row] = out.columns.get((Oracle.WITNESS, row), ZERO) - power * scale
    return out


def _table_values(red: Reduction, leaf: LeafRow, beta: Ext, cell_point: Sequence[Ext]) -> Ext:
    """Evaluate sum_k beta^k t_k of the tables in one row of leaves; zero where there is no table row."""
    out = ZERO
    for segment in leaf.segments:
        slot = segment.pattern
        inner = cell_point[slot.slot_vars :]
        count = slot.pieces[0][1] if slot.pieces else 1
        table, power = red.statement.tables[segment.table], slot.slot_mass(cell_point)
        for component in range(table.width):
            power = power * beta
            out = out + power * table.segment(component, segment.start, count, inner, red.ch.vectors)
    return out
