"""protocol.md, 7.8: evaluation and proximity of W and A in one.

    y = N + theta * sum_i a_i f_i,    <y, eq(s)> = sigma + theta v

y is sent in clear (the mask row N hides it); its code must equal N + theta * sum a_i f_i at the opened positions.
"""

from collections.abc import Sequence

from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import RowWeights
from zkinfer_verify.check.steps import Reduced
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import EXT_BYTES, ONE, ZERO, Ext, X
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.statement import Statement

MASK_ROWS = 2


def check_opening_value(ch: Channel, reduced: Reduced, theta: Ext, y: bytes) -> None:
    """Conclude <y, eq(s)> = sigma + theta v, y's first K coefficients; a constraint on pads."""
    point = reduced.folded.point
    vector = ch.vectors.from_bytes(y[: EXT_BYTES << len(point)])
    value = ch.vectors.dot(vector, ch.vectors.eq_table(point))
    ch.zero("opening", ch.combine(-value, (ONE, reduced.sigma), (theta, reduced.folded.value)))


def check_opened_columns(
    ch: Channel,
    statement: Statement,
    coefficients: RowWeights,
    theta: Ext,
    y: bytes,
    points: Sequence[int],
    columns: tuple[bytes, bytes],
) -> None:
    """Check y's code against the opened columns of W and A.

    columns: the opened columns of W, and of A with the mask row N's two base elements at the end, concatenated.
    Errors: ProofError when they differ.
    """
    expected = ch.vectors.evaluate_many(y, points)
    weights, witness = columns
    from_weights = _combine(
        ch, weights, _row_coefficients(coefficients, Oracle.WEIGHTS, statement.weight_rows), len(points)
    )
    # The mask row is not multiplied by theta, A's other rows are.
    of_witness = [theta * a for a in _row_coefficients(coefficients, Oracle.WITNESS, statement.witness_rows)]
    from_witness = _combine(ch, witness, [*of_witness, ONE, X], len(points))
    for value, left, right in zip(expected, from_weights, from_witness, strict=True):
        if value != theta * left + right:
            raise ProofError("opening: y's code differs from the opened columns of W and A")


def _row_coefficients(coefficients: RowWeights, oracle: Oracle, rows: int) -> list[Ext]:
    return [coefficients.get((oracle, row), ZERO) for row in range(rows)]


def _combine(ch: Channel, columns: bytes, coefficients: Sequence[Ext], count: int) -> list[Ext]:
    if not coefficients:
        return [ZERO] * count
    return ch.vectors.columns_combine(columns, len(coefficients), coefficients)
