"""Sumcheck over padded round polynomials: plain, and with an equality factor.

A round polynomial of degree d is sent as its values at 0, 2, .., d; its value at 1 follows from the claim, so a wrong
sum cannot be expressed. Source: [Tha13]; the equality factor after [Gru24].
"""

from collections.abc import Sequence

from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.field.extension import ONE, ZERO, Ext


def check_sumcheck(ch: Channel, claim: Claim, num_vars: int, degree: int, label: str) -> tuple[list[Ext], Claim]:
    """Reduce sum over the hypercube of g = claim to g(point) = the returned claim: protocol.md, 6.5.

    Reduces: one round a variable, first variable first: s(1) = claim - s(0), next claim = s(r).
    Still to check: the returned claim on g at the point. Error: num_vars * degree / |E|.
    """
    return _run_rounds(ch, claim, num_vars, degree, label, None)


def check_eq_sumcheck(
    ch: Channel, claim: Claim, eq_point: Sequence[Ext], degree: int, label: str
) -> tuple[list[Ext], Claim]:
    """Reduce sum_x eq(z, x) g(x) = claim, g of `degree` in each variable, to g(point) = the returned claim.

    Reduces: the round polynomial is eq(z_k, X) t(X); t is sent at 0, 2, .., degree, and
    t(1) = (claim - t(0)) / z_k + t(0), where z_k is a nonzero challenge; next claim = t(r).
    Source: protocol.md, 6.6. Still to check: the returned claim on g at the point. Error: num_vars * degree / |E|.
    """
    return _run_rounds(ch, claim, len(eq_point), degree, label, eq_point)


def _run_rounds(
    ch: Channel, claim: Claim, num_vars: int, degree: int, label: str, eq_point: Sequence[Ext] | None
) -> tuple[list[Ext], Claim]:
    """Receive all rounds; the last claim is one combination of the first and of all that was sent."""
    received, point = ch.rounds(label, num_vars, degree)
    weights = ch.evaluate(lambda: ch.vectors.round_weights(point, degree, eq_point), [ONE] * (1 + len(received)))
    return point, ch.combine(ZERO, *zip(weights, (claim, *received), strict=True))
