"""protocol.md, 7.4, the prover: one contraction."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.prove.access import OperandReader
from zkinfer.prove.forms import Tables
from zkinfer.prove.sender import Sender
from zkinfer.prove.sumcheck import prove_product
from zkinfer_verify.check.access import OperandAxis, Weights, access_vector, plan_contraction
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.poly.multilinear import axis_points
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.relations import Contraction, Form


def prove_contraction(tx: Sender, tables: Tables, vectors: Vectors, index: int, relation: Contraction) -> None:
    """Send the output's value, the rounds over the shared axes, and both operands."""
    name, plan = f"contraction {index}", plan_contraction(relation)
    out_point = tx.point(f"{name} point", sum(map(num_bits, relation.out.dims)))
    out_points = axis_points(relation.out.dims, out_point)
    tables.send_form(tx, f"{name} out", relation.out, out_point)
    right = operand_cells(tables, relation.right)
    if relation.left is None:
        _prove_operand(
            tx, tables, vectors, f"{name} right", relation.right, plan.right, Weights(relation, out_points, {}), right
        )
        return
    left = operand_cells(tables, relation.left)
    reader = OperandReader(tables, relation, out_points, plan.shared)
    left_table = reader.shared_table(left, relation.left.dims, plan.left)
    right_table = reader.shared_table(right, relation.right.dims, plan.right)
    shared_dims = [relation.extents[axis] for axis in plan.shared]
    num_vars = sum(map(num_bits, shared_dims))
    point, left_value, right_value = prove_product(
        tx, tables.kernels, left_table[np.newaxis], right_table[np.newaxis], num_vars, f"{name} round"
    )
    weights = Weights(relation, out_points, dict(zip(plan.shared, axis_points(shared_dims, point), strict=True)))
    sides = (
        ("left", relation.left, plan.left, left, left_value),
        ("right", relation.right, plan.right, right, right_value),
    )
    for side, form, axes, cells, value in sides:
        operand = Ext(int(value[0, 0]), int(value[0, 1]))
        if all(axis.plain is not None for axis in axes):
            form_point = [r for axis in axes for r in weights.plain_point(axis)]
            tables.send_form(tx, f"{name} {side}", form, form_point, factor=True, value=operand)
        else:
            tx.send(f"{name} {side}", operand)
            _prove_operand(tx, tables, vectors, f"{name} {side}", form, axes, weights, cells)


def operand_cells(tables: Tables, form: Form) -> NDArray[np.generic]:
    """Return an operand's cells: a single column of W as it is (narrow integers), any other form as elements of F."""
    first = tables.statement.columns[form.terms[0].column]
    if first.oracle is Oracle.WEIGHTS and len(form.terms) == 1 and form.terms[0].coefficient == 1 and not form.constant:
        return tables.cells(first)
    return tables.form_table(form)


def _prove_operand(
    tx: Sender,
    tables: Tables,
    vectors: Vectors,
    name: str,
    form: Form,
    axes: Sequence[OperandAxis],
    weights: Weights,
    cells: NDArray[np.generic],
) -> None:
    """Send the sumcheck over an operand's sliding axes, and the form's value at the point it ends at."""
    kernels = tables.kernels
    sliding = [k for k, axis in enumerate(axes) if axis.plain is None]
    plain = [k for k, axis in enumerate(axes) if axis.plain is not None]
    values = np.ascontiguousarray(cells.transpose(*sliding, *plain))
    values = values.reshape(int(np.prod([cells.shape[k] for k in sliding], dtype=np.int64)), -1)
    eq = kernels.eq_table([r for k in plain for r in weights.plain_point(axes[k])])
    if values.dtype != np.uint64:
        values = kernels.to_field(values.astype(np.int64).reshape(-1)).reshape(values.shape)
    # A plain axis that stands first is not padded; its eq table is cut to it.
    summed = kernels.columns_combine(values, np.ascontiguousarray(eq[: values.shape[1]]))
    public = _public_vector(vectors, axes, weights, sliding, form)
    dims = [form.dims[k] for k in sliding]
    point, _, value = prove_product(
        tx, kernels, public[np.newaxis], summed[np.newaxis], sum(map(num_bits, dims)), f"{name} slide"
    )
    slide_points = dict(zip(sliding, axis_points(dims, point), strict=True))
    form_point: list[Ext] = []
    for k, axis in enumerate(axes):
        form_point += slide_points[k] if k in slide_points else weights.plain_point(axis)
    tables.send_form(tx, f"{name} form", form, form_point, value=Ext(int(value[0, 0]), int(value[0, 1])))


def _public_vector(
    vectors: Vectors, axes: Sequence[OperandAxis], weights: Weights, sliding: Sequence[int], form: Form
) -> NDArray[np.uint64]:
    """Return the product of M over the sliding axes, inner axes padded."""
    table: NDArray[np.uint64] | None = None
    for k in sliding:
        vector = np.asarray(access_vector(weights, axes[k], vectors), dtype=np.uint64)
        if k:
            padded = np.zeros((1 << num_bits(form.dims[k]), 2), dtype=np.uint64)
            padded[: len(vector)] = vector
            vector = padded
        if table is None:
            table = vector
        else:
            grid, rows, cols = vectors.spread(table, (len(table), 1), 1, vector, 1)
            table = np.asarray(grid, dtype=np.uint64).reshape(rows * cols, 2)
    return np.array([[1, 0]], dtype=np.uint64) if table is None else table
