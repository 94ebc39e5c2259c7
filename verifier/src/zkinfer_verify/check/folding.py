"""protocol.md, 7.7: fold all claims on columns into one linear combination of rows at one point of the cells.

sum_c gamma_c <sum_i w_ci row_i, g_c> = sum_c gamma_c value_c   --sumcheck-->   sum_c gamma_c kappa_c(s) v'_c
v'_c = sum_i w_ci <row_i, eq(s)>,     a_i = sum_c delta_c w_ci,     v = sum_c delta_c v'_c
"""

from dataclasses import dataclass

from zkinfer_verify.check.claims import Claim
from zkinfer_verify.check.column_claims import Reduction, RowWeights
from zkinfer_verify.check.sumcheck import check_sumcheck
from zkinfer_verify.field.extension import MINUS_ONE, NON_RESIDUE, ZERO, Ext
from zkinfer_verify.statement.column import Oracle


@dataclass(frozen=True)
class Folded:
    """sum_i coefficients_i <row_i, eq(point)> = value; deltas: the coefficient of each claim."""

    point: list[Ext]
    coefficients: RowWeights
    value: Claim
    deltas: list[Ext]


def check_folding(red: Reduction) -> Folded:
    """Reduce all claims on columns to one, on a combination of rows of W and A at one point.

    Still to check: the returned claim, by the opening. Error: (2 log2 K + 2) / |E|.
    """
    ch = red.ch
    gammas = ch.coefficients("folding gamma", len(red.claims))
    total = ch.combine(ZERO, *((gamma, claim.value) for gamma, claim in zip(gammas, red.claims, strict=True)))
    point, final = check_sumcheck(ch, total, red.statement.row_vars, 2, "folding round")
    values = [ch.scalar("folding value") for _ in red.claims]

    def kappas() -> list[Ext]:
        return [gamma * claim.part.at(point) for gamma, claim in zip(gammas, red.claims, strict=True)]

    weights = ch.evaluate(kappas, gammas)
    ch.zero("folding, end", ch.combine(ZERO, (MINUS_ONE, final), *zip(weights, values, strict=True)))
    deltas = ch.coefficients("folding delta", len(red.claims))
    folded = ch.combine(ZERO, *zip(deltas, values, strict=True))
    return Folded(point, ch.evaluate(lambda: combine_weights(red, deltas), {}), folded, deltas)


def combine_weights(red: Reduction, deltas: list[Ext]) -> RowWeights:
    """Return a_i = sum_c delta_c w_ci for every row that a claim touches."""
    sums: dict[tuple[Oracle, int], tuple[int, int]] = {}
    for (c, d), claim in zip(deltas, red.claims, strict=True):
        for key, weight in claim.weights.items():
            a, b = weight
            e, f = sums.get(key, (0, 0))
            sums[key] = (e + a * c + NON_RESIDUE * b * d, f + a * d + b * c)
    return {key: Ext(a, b) for key, (a, b) in sums.items()}
