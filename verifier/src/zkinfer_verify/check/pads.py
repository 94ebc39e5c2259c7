"""protocol.md, 7.9 and 7.10: the pad oracle Q proves the linear constraints on pads, and products by sacrifice.

Q's rows hold the pads as base elements, c0 and c1 of pad k in cells 2k and 2k + 1, as coefficients, with b random ones
above. Three extension-valued masks follow, two base rows each: the proximity mask P, and M0 and M1 of the linear test's
mask M0 + X^K' M1, coefficient K' - 1 of M0 zero. Source: [2022/1608].

    proximity  = P + sum_i mu_i row_i + mu_M0 M0 + mu_M1 M1
    linear     = M0 + X^K' M1 + sum_i A_i row_i,   A_i = reversed weights of row i's pads

The inner product of weights and pads is the coefficient of X^(K'-1): it must cancel the constraints' known part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.steps import Schedule
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import EXT_BYTES, MINUS_ONE, NON_RESIDUE, ONE, ZERO, Ext, X, powers
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import decode_base, encode_base

MASK_ROWS = 6


def check_products(ch: Channel, rho: Ext, reveals: Sequence[Ext]) -> None:
    """Conclude for each product d1 d2 = d12, with e = rho d1 + a in clear and c = a d2 committed:

        e = rho d1 + a,     e d2 - rho d12 - c = 0

    Source: protocol.md, 7.9. Error: 1 / |E|: rho (d1 d2 - d12) + (a d2 - c) has one root.
    """
    for product, e in zip(ch.products, reveals, strict=True):
        first, second = ch.pad_claim(product.first), ch.pad_claim(product.second)
        both, mask, masked = map(ch.pad_claim, (product.both, product.mask, product.masked))
        ch.zero("product, reveal", ch.combine(-e, (rho, first), (ONE, mask)))
        ch.zero("product, sacrifice", ch.combine(ZERO, (e, second), (-rho, both), (MINUS_ONE, masked)))


@dataclass(frozen=True)
class PadTest:
    """The tests' challenges: an encoded polynomial for each row of Q, the inner product, proximity coefficients."""

    row_weights: list[bytes]
    target: Ext
    mixes: list[Ext]


def draw_pad_test(ch: Channel, schedule: Schedule) -> PadTest:
    """Draw lambda and mu and combine all constraints: protocol.md, 7.10.

    sum_l lambda^l constraint_l = known + <weights, pads> = 0,    powers from lambda^1 on
    """
    coefficients = powers(ch.challenge("pads lambda"), len(ch.constraints))
    mixes = ch.coefficients("pads mu", schedule.pad_rows + 2)
    weights, known = ch.pad_weights(coefficients)
    # pad = c0 + c1 X, so its two cells weigh w and w X; the last cell comes first.
    cells = [word for a, b in reversed(weights) for word in (NON_RESIDUE * b % P, a, a, b)]
    size = EXT_BYTES * schedule.parameters.pad_row_length
    encoded = encode_base(cells).rjust(size * schedule.pad_rows, b"\0")
    rows = [encoded[i * size : (i + 1) * size] for i in reversed(range(schedule.pad_rows))]
    return PadTest(rows, -known, mixes)


def check_linear_target(test: PadTest, schedule: Schedule, linear: bytes) -> None:
    """Check coefficient K' - 1 of the encoded linear vector: protocol.md, 7.11.

    Errors: ProofError when a constraint on pads does not hold.
    """
    start = EXT_BYTES * (schedule.parameters.pad_row_length - 1)
    if linear[start : start + EXT_BYTES] != test.target.to_bytes():
        raise ProofError("pad oracle, linear test: a constraint on pads does not hold")


def check_pad_columns(
    ch: Channel,
    schedule: Schedule,
    test: PadTest,
    vectors: tuple[bytes, bytes],
    points: Sequence[int],
    columns: bytes,
) -> None:
    """Check both vectors of Q against the opened columns: protocol.md, 7.11.

    vectors: the encoded proximity and linear vectors; points: evaluation points of the opened positions; columns:
    encoded, for each the base elements of Q's rows, then of the masks P, M0, M1. Errors: ProofError naming the test.
    """
    proximity, linear = (ch.vectors.evaluate_many(vector, points) for vector in vectors)
    weights = [ch.vectors.evaluate_many(row, points) for row in test.row_weights]
    rows, length = schedule.pad_rows, schedule.parameters.pad_row_length
    width, cells = rows + MASK_ROWS, decode_base(columns)
    mixes = [*test.mixes[:rows], *(part for mix in (ONE, *test.mixes[rows:]) for part in (mix, mix * X))]
    if ch.vectors.columns_combine(columns, width, mixes) != proximity:
        raise ProofError("pad oracle, proximity test: the vector differs from the opened columns")
    for k, (x, value, *at_x) in enumerate(zip(points, linear, *weights, strict=True)):
        column = cells[width * k : width * (k + 1)]
        low, high = Ext(*column[rows + 2 : rows + 4]), Ext(*column[rows + 4 :])
        first, second = (sum(map(mul, half, column)) for half in zip(*at_x, strict=True))
        if low + high * pow(x, length, P) + Ext(first, second) != value:
            raise ProofError("pad oracle, linear test: the vector differs from the opened columns")
