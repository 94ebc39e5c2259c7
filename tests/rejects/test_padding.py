"""Padded cells of committed columns: set by a malicious prover, they are caught by the padding claims alone."""

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from attacks.networks import Setup, mixed, network, setup
from attacks.prover import forge, hooked
from zkinfer.graph.graph import FullyConnected
from zkinfer.program.lower import Plan
from zkinfer.program.witness import Witness
from zkinfer_verify.check import run, steps
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.layout import Layout


def padded_cells(made: Setup) -> Iterator[tuple[int, int]]:
    """Yield (row, cell) for every cell of A that no column has as a real entry."""
    statement = made.statement
    real = np.zeros((statement.witness_rows << statement.row_vars), dtype=bool)
    for column in statement.columns:
        if column.oracle is Oracle.WITNESS:
            start = (column.row << statement.row_vars) + column.offset
            shape = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
            cells = real[start : start + column.padded_size].reshape(shape)
            cells[tuple(slice(0, dim) for dim in column.dims)] = True
    for row, cell in np.argwhere(~real.reshape(statement.witness_rows, -1)):
        yield int(row), int(cell)


MADE, X = mixed()
CELLS = sorted(padded_cells(MADE))
# Of each row: its first, its last and one more padded cell; the input's last, partial row whole.
CHOSEN = sorted(
    {at for k, at in enumerate(CELLS) if at[0] == 11 or (k + 1 == len(CELLS) or CELLS[k + 1][0] != at[0])}
    | {at for k, at in enumerate(CELLS) if k == 0 or CELLS[k - 1][0] != at[0]}
)


def with_cell(witness: Witness, row: int, cell: int, value: int) -> Witness:
    rows = witness.rows.copy()
    rows[row, cell] = np.uint64(value % P)
    return Witness(rows, witness.outputs)


def test_every_kind_of_padding_is_tried():
    kinds = {(row == 11, cell % 4 == 3, row in rows_of_tables()) for row, cell in CHOSEN}
    assert {(True, False, False), (False, True, False), (False, False, True)} <= kinds
    assert {row for row, _ in CELLS} == {row for row, _ in CHOSEN}


def rows_of_tables() -> set[int]:
    return {column.row for column in MADE.statement.columns if column.name.endswith("multiplicities")}


@pytest.mark.parametrize(("row", "cell"), CHOSEN)
def test_rejects_a_proof_when_a_padded_cell_is_set(row, cell):
    witness = with_cell(MADE.witness(X), row, cell, 1)
    forged = forge(MADE, witness)
    assert "folding, end" in forged.broken
    with pytest.raises(ProofError, match="a constraint on pads does not hold"):
        MADE.check(forged.proof.to_bytes())


@pytest.fixture
def without_padding_claims():
    """Delete the padding claims, for prover and verifier."""
    nothing = patch.object(steps, "check_padding", lambda red, layout: None)
    with nothing, patch.object(Layout, "padding_groups", ()), hooked({"check_padding": lambda _, red, layout: None}):
        made = replace(MADE)
        made.__dict__["prepared"] = run.prepare.__wrapped__(made.statement, True)
        yield made


def test_without_padding_claims_a_padded_cell_passes(without_padding_claims):
    """The check is needed: a padded channel of the input, which only the padding claim touches, would pass."""
    made = without_padding_claims
    made.check(forge(made, made.witness(X)).proof.to_bytes())
    forged = forge(made, with_cell(made.witness(X), 0, 3, 1))
    assert forged.broken == ()
    made.check(forged.proof.to_bytes())


@pytest.mark.parametrize("guarded", [True, False])
def test_a_count_in_the_padding_of_multiplicities_admits_a_value_out_of_range(guarded):
    """An input out of 1..10 is zero: the padded table rows hold the value zero under the table's id."""
    graph, _ = network(31, (2,), FullyConnected(np.array([[1, 1]])))
    made = setup(graph, plan=Plan(4, 4, frozenset()), input_range=(1, 10))
    honest = made.witness(np.array([1, 3]))
    column = next(c for c in made.statement.columns if c.name == "table1.multiplicities")
    rows = honest.rows.copy()
    rows[0, 0] = 0
    rows[column.row, column.offset] -= 1
    rows[column.row, column.offset + 10] = 1
    forged_witness = Witness(rows, ((3,),))
    if guarded:
        forged = forge(made, forged_witness)
        assert forged.broken == ("folding, end",)
        with pytest.raises(ProofError, match="a constraint on pads does not hold"):
            made.check(forged.proof.to_bytes())
        return
    nothing = patch.object(steps, "check_padding", lambda red, layout: None)
    with nothing, patch.object(Layout, "padding_groups", ()), hooked({"check_padding": lambda _, red, layout: None}):
        made.__dict__["prepared"] = run.prepare.__wrapped__(made.statement, True)
        made.check(forge(made, forged_witness).proof.to_bytes())
