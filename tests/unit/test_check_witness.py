"""The integer check names the relation that a corrupted witness breaks."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import zkinfer as zk
from tests.unit.networks import small_input, small_network
from zkinfer.graph.integers import to_integers
from zkinfer.program.check import RelationFails, check_witness
from zkinfer.program.from_graph import program_of
from zkinfer.program.lower import Lowered, Plan, lower
from zkinfer.program.program import Program
from zkinfer.program.weights import Block, weight_blocks
from zkinfer.program.witness import Witness, compute_witness
from zkinfer_verify.field.prime import P


@dataclass(frozen=True)
class Case:
    """A lowered network, without a commitment: nothing is proved here."""

    program: Program
    lowered: Lowered
    blocks: list[Block]

    @property
    def statement(self):
        return self.lowered.statement


@pytest.fixture(scope="module")
def keys():
    program = program_of(to_integers(small_network()), (-5, 4))
    # Limbs of 12 bits hold each value whole, and none is wide: every limb is looked up scaled too.
    lowered = lower(program, Plan(12, 12, frozenset()), "standard", bytes(32))
    return Case(program, lowered, weight_blocks(lowered.statement, program.weight_arrays()))


@pytest.fixture
def witness(keys):
    return compute_witness(keys.program, keys.lowered, small_input())


def cell(keys, name, index=0):
    """Row and cell of a column's entry along its first axis."""
    statement = keys.statement
    column = next(column for column in statement.columns if column.name == name)
    inner = 1 << sum(column.axis_vars[1:])
    return divmod((column.row << statement.row_vars) + column.offset + index * inner, 1 << statement.row_vars)


def move_lookup(keys, witness, name, delta):
    """Change a looked-up entry and keep the multiplicities right, so that a later relation has to notice."""
    row, at = cell(keys, name)
    before = int(witness.rows[row, at])
    after = before + delta
    witness.rows[row, at] = after % P
    statement = keys.statement
    for lookup in statement.lookups:
        ((column, scale),) = lookup.components
        if statement.columns[column].name == name:
            table = statement.tables[lookup.table]
            counts = cell(keys, statement.columns[table.multiplicities].name)
            flat = witness.rows.reshape(-1)
            start = counts[0] * witness.rows.shape[1] + counts[1] - table.lo
            signed = before - P if before > P // 2 else before
            flat[start + scale * signed] -= np.uint64(1)
            flat[start + scale * (signed + delta)] += np.uint64(1)


def test_an_honest_witness_passes(keys, witness):
    checked = check_witness(keys.statement, witness, keys.blocks)
    assert checked.lookups > 0 and checked.vanish_entries > 0 and checked.affine_entries > 0
    assert checked.contraction_products > 0 and checked.padded_cells > 0


def fails(keys, witness, words):
    with pytest.raises(RelationFails, match=words) as caught:
        check_witness(keys.statement, witness, keys.blocks)
    assert isinstance(caught.value, zk.InternalError)


def test_names_a_value_out_of_range(keys, witness):
    witness.rows[cell(keys, "input")] = 1000
    fails(keys, witness, r"lookup 0: column input is outside of -5..4 / 1 at index \(0, 0\) \(1 of 72 entries\)")


def test_names_a_value_that_is_in_range_mod_p_only(keys, witness):
    limb = next(lookup for lookup in keys.statement.lookups if lookup.components[0][1] > 1)
    index, scale = limb.components[0]
    witness.rows[cell(keys, keys.statement.columns[index].name)] = pow(scale, -1, P)
    fails(keys, witness, keys.statement.columns[index].name)


def test_names_multiplicities(keys, witness):
    witness.rows[cell(keys, "table1.multiplicities")] += np.uint64(1)
    fails(keys, witness, r"table 1: its multiplicities differ from the number of lookups at index \(0,\)")


def test_names_a_padded_cell(keys, witness):
    statement = keys.statement
    real = next(column for column in statement.columns if column.name == "input")
    witness.rows[cell(keys, "input", real.dims[0])] = 1
    fails(keys, witness, r"padding: row \d+, cell \d+ \(beside .*\) is not zero")


def test_names_a_contraction(keys, witness):
    row, at = cell(keys, "input")
    move_lookup(keys, witness, "input", 1 if int(witness.rows[row, at]) != 4 else -1)
    fails(keys, witness, r"contraction 0 \(layer conv1, max_pool1, input\) differs from its sum of products at index")


def test_names_a_vanish(keys, witness):
    for k in range(4):
        move_lookup(keys, witness, f"max_pool1.distance{k}.limb0", 1)
    move_lookup(keys, witness, "max_pool1.limb0", 1)
    fails(keys, witness, r"vanish 0 \(layer max_pool1\) has no factor that is zero at index \(0, 0\)")


def test_names_an_affine_relation(keys, witness):
    outputs = ((witness.outputs[0][0] + 1, *witness.outputs[0][1:]),)
    fails(keys, replace(witness, outputs=outputs), r"affine \d+ \(layer .*output.*\) is not zero at index \(0,\)")


def test_does_not_show_values(keys, witness):
    witness.rows[cell(keys, "input")] = 987654321
    with pytest.raises(RelationFails) as caught:
        check_witness(keys.statement, witness, keys.blocks)
    assert "987654321" not in str(caught.value)
    assert repr(Witness(witness.rows, witness.outputs)) == "Witness(hidden)"
