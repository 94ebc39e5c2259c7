"""A network lowered for tests: its witness, checked relation by relation, honest or corrupted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.network.network import Network, Node, Port
from zkinfer.network.operation import Operation
from zkinfer.network.view import View
from zkinfer.program.check import RelationFails, check_witness
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.lower import Lowered, Plan, lower
from zkinfer.program.weights import Block, weight_blocks
from zkinfer.program.witness import Witness, compute_witness
from zkinfer_verify.check.run import prepare
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Column, Oracle, Role

PLAN = Plan(12, 9, frozenset())


@dataclass(frozen=True)
class Case:
    """A lowered network and an honest witness; its statement is one that a verifier takes."""

    network: Network
    lowered: Lowered
    witness: Witness
    blocks: list[Block]

    def check(self, witness: Witness | None = None) -> None:
        """Check every relation in integers."""
        check_witness(self.lowered.statement, witness or self.witness, self.blocks)

    @property
    def ranged(self) -> list[Column]:
        """The columns of committed values."""
        return [c for c in self.lowered.statement.columns if c.oracle is Oracle.WITNESS and c.role is Role.RANGED]

    def cells(self, rows: NDArray[np.uint64], column: Column) -> NDArray[np.uint64]:
        """A view of a column's real entries."""
        start = (column.row << self.lowered.statement.row_vars) + column.offset
        padded = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
        cells = rows.reshape(-1)[start : start + column.padded_size].reshape(padded)
        return cells[tuple(slice(0, dim) for dim in column.dims)]

    def corrupted(self, column: Column, index: int, by: int) -> Witness:
        """The witness with one entry of a column changed; multiplicities follow, so that only relations can object."""
        rows = self.witness.rows.copy()
        cells = self.cells(rows, column)
        place = np.unravel_index(index % column.size, column.dims)
        cells[place] = (int(cells[place]) + by) % P
        return self._counted(replace(self.witness, rows=rows))

    def _counted(self, witness: Witness) -> Witness:
        """Let the multiplicities count the lookups that there are, where they are in their tables."""
        statement = self.lowered.statement
        counts = [np.zeros(table.size, dtype=np.uint64) for table in statement.tables]
        for lookup in statement.lookups:
            table = statement.tables[lookup.table]
            index, scale = lookup.components[0]
            values = self.cells(witness.rows, statement.columns[index]).reshape(-1)
            signed = np.where(values > P // 2, values - np.uint64(P), values).view(np.int64) * scale - table.lo
            inside = signed[(signed >= 0) & (signed < table.size)]
            counts[lookup.table] += np.bincount(inside, minlength=table.size).astype(np.uint64)
        for table, count in zip(statement.tables, counts, strict=True):
            self.cells(witness.rows, statement.columns[table.multiplicities])[...] = count
        return witness


def lowered(network: Network, x: Any, images: int = 1, plan: Plan = PLAN) -> Case:
    """Lower a network and compute its witness; the statement is checked as a verifier does."""
    program = NetworkProgram(network)
    made = lower(program, plan, "standard", bytes(32), images)
    prepare(made.statement, False)
    witness = compute_witness(program, made, x)
    return Case(network, made, witness, weight_blocks(made.statement, program.weight_arrays()))


def single(
    op: Operation, *shapes: tuple[int, ...], lo: int = -128, hi: int = 127, before: Sequence[Operation] = ()
) -> Network:
    """The network of one operation, whose output everyone sees; `before` stands between its first input and it."""
    inputs = tuple(Port(f"x{k}", f"x{k}", shape, lo, hi, 1.0) for k, shape in enumerate(shapes))
    nodes, first = [], "x0"
    for k, one in enumerate(before):
        nodes.append(Node(f"before{k}", one, (first,)))
        first = f"before{k}"
    nodes.append(Node("out", op, (first, *(port.tensor for port in inputs[1:]))))
    draft = Network(inputs, tuple(nodes), ())
    spec = draft.specs["out"]
    return Network(inputs, tuple(nodes), (Port("y", "out", spec.shape, spec.lo, spec.hi, 1.0, public=True),))


def inputs_of(network: Network, rng: np.random.Generator, images: int = 1) -> dict[str, NDArray[np.int64]]:
    """Random integers for every input, in its range."""
    front = () if images == 1 else (images,)
    return {port.name: rng.integers(port.lo, port.hi + 1, (*front, *port.shape)) for port in network.inputs}


def refused(case: Case, column: Column, index: int, by: int) -> bool:
    """Whether some relation objects to a change of one entry."""
    try:
        case.check(case.corrupted(column, index, by))
    except RelationFails:
        return True
    return False


def changes(case: Case, rng: np.random.Generator, each: int = 3) -> Iterator[tuple[Column, int, int]]:
    """Some changes of every committed value: a column, an entry's number, and by how much."""
    inputs = {port.tensor for port in case.network.inputs}
    for column in case.ranged:
        if column.name in inputs:
            continue  # an input is the prover's to choose
        for index in rng.integers(0, column.size, each).tolist():
            yield column, index, int(rng.choice([-2, -1, 1, 2]))


def every_change_is_refused(case: Case, rng: np.random.Generator, each: int = 3) -> None:
    """Assert that no committed value can be changed alone."""
    case.check()
    for column, index, by in changes(case, rng, each):
        assert refused(case, column, index, by), f"{column.name}[{index}] {by:+d} is not noticed"


def view_of(case: Case, name: str) -> View:
    """How a committed value lies in its columns."""
    return NetworkProgram(case.network)._laid.views[name]
