"""protocol.md, 7.6: padded cells of columns are zero, by one random linear claim for each pattern of padding."""

from zkinfer_verify.check.column_claims import PaddingPart, Reduction
from zkinfer_verify.field.extension import ZERO
from zkinfer_verify.poly.eq import eq_table, num_bits
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.layout import Layout


def check_padding(red: Reduction, layout: Layout) -> None:
    """Claim, for each pattern, sum_i eq(eta, i) sum over padded cells j of eq(zeta, j) row_i[j] = 0.

    Still to check: the claims. Error: (log2 rows + log2 K) / |E| each. The weights' padding is zero by setup.
    """
    ch = red.ch
    for pattern, rows in layout.padding_groups:
        eta = ch.coefficients("padding eta", num_bits(len(rows)))
        zeta = ch.coefficients("padding zeta", red.statement.row_vars)
        weights = dict(zip(((Oracle.WITNESS, row) for row in rows), eq_table(eta), strict=False))
        red.claim_rows("padding", weights, PaddingPart(tuple(zeta), pattern), ch.combine(ZERO))
