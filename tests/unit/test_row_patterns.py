"""Which cells of a row are real, against the definition: a cell is real when its indices are below the extents."""

from itertools import product

import numpy as np
import pytest

from attacks.networks import integers, network, setup
from zkinfer.graph.graph import Convolution, Relu
from zkinfer.program.lower import Plan
from zkinfer_verify.field.extension import ONE, ZERO
from zkinfer_verify.poly.eq import index_point
from zkinfer_verify.statement.column import Column, Oracle, Role


def column_of(dims: tuple[int, ...], offset: int = 0) -> Column:
    """Return a column of A of these extents."""
    return Column("column", Oracle.WITNESS, Role.RANGED, dims, 0, offset, 0, 15)


def real_cells(dims: tuple[int, ...]) -> list[bool]:
    """Whether each cell is real: the tensor with every extent rounded up to a power of two, in row-major order."""
    padded = [1 << (dim - 1).bit_length() for dim in dims]
    return [all(i < dim for i, dim in zip(at, dims, strict=True)) for at in product(*map(range, padded))]


@pytest.mark.parametrize("row_vars", [1, 2, 3])
@pytest.mark.parametrize("dims", [(5,), (2, 3), (3, 5), (1, 9), (2, 3, 3), (3, 1, 5), (2, 5, 3)])
def test_the_pattern_of_a_row_is_its_real_cells(dims, row_vars):
    column, cells, length = column_of(dims), real_cells(dims), 1 << row_vars
    cells += [False] * (length - len(cells))
    for row in range(column.row_count(row_vars)):
        pattern = column.row_pattern(row, row_vars)
        shown = [pattern.indicator(index_point(cell, row_vars)) for cell in range(length)]
        assert shown == [ONE if real else ZERO for real in cells[row * length : (row + 1) * length]]


def test_the_pattern_of_a_small_tensor_is_in_its_slot():
    pattern = column_of((3,), offset=4).row_pattern(0, 3)
    assert [cell for cell in range(8) if pattern.indicator(index_point(cell, 3)) == ONE] == [4, 5, 6]


def test_a_row_without_a_real_cell_is_all_padding():
    pattern = column_of((2, 33)).row_pattern(3, 4)
    assert all(pattern.indicator(index_point(cell, 4)) == ZERO for cell in range(16))


def test_a_network_with_rows_of_padding_is_proved():
    graph, x = network(11, (2, 1, 33), Convolution(integers(12, 1, 1, 1, 33)))
    made = setup(graph, plan=Plan(4, 4, frozenset()))
    hidden = made.statement.columns[made.statement.inputs[0].column]
    assert (hidden.dims, hidden.row_count(4)) == ((2, 33), 8)
    made.check(made.prove(made.witness(x)).to_bytes())


def test_a_network_without_weights_is_proved():
    graph, x = network(11, (5,), Relu())
    made = setup(graph, plan=Plan(4, 4, frozenset()))
    assert made.statement.weight_rows == 0
    proof = made.prove(made.witness(x))
    assert proof.outputs == (tuple(np.maximum(x, 0).tolist()),)
    made.check(proof.to_bytes())
