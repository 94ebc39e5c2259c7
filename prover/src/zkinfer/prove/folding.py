"""protocol.md, 7.7, the prover: fold all claims on columns at one point of the cells."""

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.prove.forms import Tables, ext_add
from zkinfer.prove.real_cells import real_cells
from zkinfer.prove.sender import Sender
from zkinfer.prove.sumcheck import prove_eq_sums
from zkinfer_verify.check.column_claims import ColumnClaim, ColumnPart, EqPart, PaddingPart, RowWeights
from zkinfer_verify.field.extension import ZERO, Ext, from_pairs
from zkinfer_verify.statement.column import Oracle


def prove_folding(tx: Sender, tables: Tables, claims: list[ColumnClaim]) -> tuple[list[Ext], NDArray[np.uint64]]:
    """Send the rounds and each claim's value v'_c at the point; draw delta.

    Claims with one column part g share a table of the sumcheck: sum_c gamma_c sum_i w_ci row_i beside g.
    Returns the point, and sum_c delta_c sum_i w_ci row_i over the rows of W, (K, 2): no second pass over the weights.
    """
    kernels, statement = tables.kernels, tables.statement
    gammas = tx.point("folding gamma", len(claims))
    # A claim is on rows of one oracle: forms are grouped so.
    of_weights = {
        k: tables.combine(claim.weights)
        for k, claim in enumerate(claims)
        if any(oracle is Oracle.WEIGHTS for oracle, _ in claim.weights)
    }
    together: dict[ColumnPart, list[int]] = {}
    for k, claim in enumerate(claims):
        together.setdefault(claim.part, []).append(k)
    eq_parts = [part for part in together if isinstance(part, EqPart)]
    paddings = [part for part in together if isinstance(part, PaddingPart)]
    if len(eq_parts) + len(paddings) != len(together):
        raise TypeError("a column part of unknown type")
    # Written in place: tens of megabytes, which np.stack would hold and touch twice.
    on_eq, on_padding = (
        np.empty((len(parts), 1 << statement.row_vars, 2), dtype=np.uint64) for parts in (eq_parts, paddings)
    )
    places: list[tuple[ColumnPart, NDArray[np.uint64]]] = [
        *zip(eq_parts, on_eq, strict=True),
        *zip(paddings, on_padding, strict=True),
    ]
    for part, combined in places:
        members = together[part]
        of_witness = [(claims[k].weights, gammas[k]) for k in members if k not in of_weights]
        tables.combine_into(_combine_weights(of_witness), combined)
        for k in members:
            if k in of_weights:
                combined[:] = ext_add(kernels, combined, kernels.ext_scale(of_weights[k], gammas[k]))
    padding = np.empty_like(on_padding)
    for vector, hole in zip(padding, paddings, strict=True):
        vector[:] = _padding_vector(kernels, hole)
    points = [part.point for part in eq_parts]
    point = prove_eq_sums(tx, kernels, points, on_eq, on_padding, padding, "folding round")
    cells = kernels.eq_table(point)
    rows = from_pairs(kernels.columns_combine(tables.rows, cells).tolist())
    for k, claim in enumerate(claims):
        if k in of_weights:
            tx.send("folding value", kernels.dot(of_weights[k], cells))
        else:
            tx.send("folding value", sum((w * rows[row] for (_, row), w in claim.weights.items()), ZERO))
    deltas = tx.point("folding delta", len(claims))
    folded = np.zeros((1 << tables.statement.row_vars, 2), dtype=np.uint64)
    for k, combined in of_weights.items():
        folded = ext_add(kernels, folded, kernels.ext_scale(combined, deltas[k]))
    return point, folded


def _combine_weights(weighted: list[tuple[RowWeights, Ext]]) -> RowWeights:
    """Return sum_c gamma_c w_ci for each row that is weighted."""
    total: RowWeights = {}
    for weights, gamma in weighted:
        for row, weight in weights.items():
            total[row] = total.get(row, ZERO) + gamma * weight
    return total


def _padding_vector(kernels: Kernels, part: PaddingPart) -> NDArray[np.uint64]:
    """Return eq on the padded cells of a row, zero on the real ones."""
    vector = kernels.eq_table(part.point)
    vector[real_cells(part.pattern, len(vector))] = 0
    return vector
