"""protocol.md, 7.7, the prover: fold all claims on columns at one point of the cells."""

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.prove.forms import Tables, ext_add
from zkinfer.prove.real_cells import real_cells
from zkinfer.prove.sender import Sender
from zkinfer.prove.sumcheck import prove_product
from zkinfer_verify.check.column_claims import ColumnClaim, EqPart, PaddingPart
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.statement.column import Oracle


def prove_folding(tx: Sender, tables: Tables, claims: list[ColumnClaim]) -> tuple[list[Ext], NDArray[np.uint64]]:
    """Send the rounds and each claim's value v'_c at the point; draw delta.

    Returns the point, and sum_c delta_c sum_i w_ci row_i over the rows of W, (K, 2): no second pass over the weights.
    """
    kernels = tables.kernels
    gammas = tx.point("folding gamma", len(claims))
    # Written in place: tens of megabytes, which np.stack would hold and touch twice.
    left, right = (np.empty((len(claims), 1 << tables.statement.row_vars, 2), dtype=np.uint64) for _ in range(2))
    for k, (claim, gamma) in enumerate(zip(claims, gammas, strict=True)):
        left[k] = tables.combine(claim.weights)
        right[k] = kernels.ext_scale(_column_part(kernels, claim), gamma)
    point, values, _ = prove_product(tx, kernels, left, right, tables.statement.row_vars, "folding round")
    for value in values:
        tx.send("folding value", (int(value[0]), int(value[1])))
    deltas = tx.point("folding delta", len(claims))
    of_weights = np.zeros((1 << tables.statement.row_vars, 2), dtype=np.uint64)
    for claim, delta, combined in zip(claims, deltas, left, strict=True):
        # A claim is on rows of one oracle: forms are grouped so.
        if any(oracle is Oracle.WEIGHTS for oracle, _ in claim.weights):
            of_weights = ext_add(kernels, of_weights, kernels.ext_scale(combined, delta))
    return point, of_weights


def _column_part(kernels: Kernels, claim: ColumnClaim) -> NDArray[np.uint64]:
    """Return a claim's public vector g over the cells of a row."""
    part = claim.part
    if isinstance(part, EqPart):
        return kernels.eq_table(part.point)
    if not isinstance(part, PaddingPart):
        raise TypeError(f"claim {claim.name} has a column part of unknown type")
    vector = kernels.eq_table(part.point)
    vector[real_cells(part.pattern, len(vector))] = 0
    return vector
