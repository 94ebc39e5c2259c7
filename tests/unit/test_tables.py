"""Tables in runs: the rows that they stand for, and their extensions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attacks.classes.a18_function_values import squaring
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.tables import runs_of, table_component
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.poly.eq import eq_table
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.relations import Lookup
from zkinfer_verify.statement.tables import Table

POINT = [Ext(3, 5), Ext(7, 11), Ext(13, 17), Ext(19, 23)]


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40))
def test_runs_give_the_values_back(values: list[int]) -> None:
    runs = runs_of(np.array(values))
    table = Table(0, len(values), 0, runs)
    assert table_component(table, 1).tolist() == values
    assert table.span(1) == (min(values), max(values))
    assert table.span(0) == (0, len(values) - 1)


@pytest.mark.parametrize(
    ("values", "count"), [([5], 1), ([1, 2, 3], 1), ([-7] * 3 + list(range(-7, 8)) + [7] * 3, 3), ([0, 5, 0, 5], 2)]
)
def test_runs_are_few(values: list[int], count: int) -> None:
    assert len(runs_of(np.array(values))) == count


@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=40), st.integers(0, 30), st.integers(1, 16), st.integers(-5, 5)
)
@example([0] * 20 + [5] * 20, 25, 5, 0)
@example([0, 5] * 10, 3, 9, -2)
def test_a_segment_is_the_extension_of_its_rows(values: list[int], start: int, count: int, lo: int) -> None:
    start = min(start, len(values) - 1)
    count = min(count, len(values) - start)
    table = Table(lo, len(values), 0, runs_of(np.array(values)))
    eq = eq_table(POINT)
    for component, rows in enumerate((list(range(lo, lo + len(values))), values)):
        expected = ZERO
        for weight, value in zip(eq, rows[start : start + count], strict=False):
            expected = expected + weight * value
        assert table.segment(component, start, count, POINT, Vectors()) == expected
        assert table.segment(component, start, count, POINT, KernelVectors(native)) == expected


def test_a_table_of_pairs_counts_in_the_ledger_where_nobody_looks_it_up() -> None:
    # Its leaves have the denominators alpha - id - beta x - beta^2 f(x), over counts that the prover chooses.
    made = squaring().statement
    arguments = replace(made.tables[0], image=())
    alone = replace(made, tables=(arguments, made.tables[1]), lookups=(Lookup(0, ((0, 1),)),))
    assert Layout(alone).tuple_width == 2
