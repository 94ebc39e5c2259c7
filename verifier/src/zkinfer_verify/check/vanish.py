"""protocol.md, 7.3: a product of forms is zero at every index, by a zero-check.

    0 = sum_x eq(z, x) prod_k F_k(x)        for a random point z

Source: [Set20]; the equality factor after [Gru24].
"""

from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.sumcheck import check_eq_sumcheck
from zkinfer_verify.field.extension import MINUS_ONE, ONE, ZERO
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.relations import Vanish


def check_vanish(red: Reduction, index: int, vanish: Vanish) -> None:
    """Reduce one Vanish relation to claims on the columns of its factors.

    Reduces: the product of the factors at a point to one padded scalar a factor; partial products are padded too.
    Still to check: the claims on columns; the products of pads. Error: num_vars / |E|, and the rounds.
    """
    ch, name = red.ch, f"vanish {index}"
    point = ch.point(f"{name} point", sum(map(num_bits, vanish.factors[0].dims)))
    final_point, final = check_eq_sumcheck(ch, ch.combine(ZERO), point, len(vanish.factors), f"{name} round")
    factors = [red.open_factor(f"{name} factor", form, final_point) for form in vanish.factors]
    partial = factors[0]
    for k, factor in enumerate(factors[1:-1]):
        following = ch.scalar(f"{name} partial product")
        ch.zero(
            f"{name}, partial product {k}", ch.combine(ZERO, (ONE, ch.product(partial, factor)), (MINUS_ONE, following))
        )
        partial = following
    whole = ch.product(partial, factors[-1]) if len(factors) > 1 else partial
    ch.zero(f"{name}, end", ch.combine(ZERO, (ONE, whole), (MINUS_ONE, final)))
