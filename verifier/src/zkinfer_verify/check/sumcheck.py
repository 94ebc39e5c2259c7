"""Sumcheck over padded round polynomials: plain, and with an equality factor.

A round polynomial of degree d is sent as its values at 0, 2, .., d; its value at 1 follows from the claim, so a wrong
sum cannot be expressed. Source: [Tha13]; the equality factor after [Gru24].
"""

from collections.abc import Sequence

from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.field.extension import Ext, inverses
from zkinfer_verify.poly.univariate import lagrange_weights


def check_sumcheck(ch: Channel, claim: Claim, num_vars: int, degree: int, label: str) -> tuple[list[Ext], Claim]:
    """Reduce sum over the hypercube of g = claim to g(point) = the returned claim: protocol.md, 6.5.

    Reduces: one round a variable, first variable first: s(1) = claim - s(0), next claim = s(r).
    Still to check: the returned claim on g at the point. Error: num_vars * degree / |E|.
    """
    point: list[Ext] = []
    for _ in range(num_vars):
        values = [ch.scalar(label) for _ in range(degree)]
        r = ch.challenge(label)
        at_zero, at_one, *rest = lagrange_weights(degree, r)
        # s(r) = w0 s(0) + w1 (claim - s(0)) + sum_j wj s(j)
        claim = ch.combine(0, (at_one, claim), (at_zero - at_one, values[0]), *zip(rest, values[1:], strict=True))
        point.append(r)
    ch.round_degrees += num_vars * degree
    return point, claim


def check_eq_sumcheck(
    ch: Channel, claim: Claim, eq_point: Sequence[Ext], degree: int, label: str
) -> tuple[list[Ext], Claim]:
    """Reduce sum_x eq(z, x) g(x) = claim, g of `degree` in each variable, to g(point) = the returned claim.

    Reduces: the round polynomial is eq(z_k, X) t(X); t is sent at 0, 2, .., degree, and
    t(1) = (claim - t(0)) / z_k + t(0), where z_k is a nonzero challenge; next claim = t(r).
    Source: protocol.md, 6.6. Still to check: the returned claim on g at the point. Error: num_vars * degree / |E|.
    """
    point: list[Ext] = []
    for inverse in inverses(eq_point):
        values = [ch.scalar(label) for _ in range(degree)]
        r = ch.challenge(label)
        at_zero, at_one, *rest = lagrange_weights(degree, r)
        from_claim = at_one * inverse
        from_zero = at_zero + at_one - from_claim
        claim = ch.combine(0, (from_claim, claim), (from_zero, values[0]), *zip(rest, values[1:], strict=True))
        point.append(r)
    ch.round_degrees += len(eq_point) * degree
    return point, claim
