"""A prover that follows the protocol but for one forgery, and what the verifier would see if it knew the pads."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from tests.rejects.proving import CONTEXT, Setup
from zkinfer.program.witness import Witness
from zkinfer.prove import prover
from zkinfer.prove.forms import Tables
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.column import Column, Role
from zkinfer_verify.statement.relations import Form

Hooks = dict[str, Callable[..., Any]]
"""Replacements of names in zkinfer.prove.prover; each is called with the original first."""


@dataclass(frozen=True)
class Forgery:
    """A proof made with a forgery, and the constraints on pads that it breaks."""

    proof: Proof
    broken: tuple[str, ...]


def exact_form_table(tables: Tables, form: Form) -> np.ndarray:
    """Return a form's table mod p, for whatever the columns hold: the product's way needs integers under p/2."""
    total: Any = 0
    for term in form.terms:
        cells = tables.cells(tables.statement.columns[term.column]).astype(object)
        total = total + cells * term.coefficient
    if form.constant:
        total[tuple(slice(0, dim) for dim in form.dims)] += form.constant
    return np.asarray(total % P, dtype=np.uint64)


@contextmanager
def hooked(hooks: Hooks) -> Iterator[None]:
    """Replace names in the prover for a while."""
    with ExitStack() as stack:
        for name, hook in hooks.items():
            original = getattr(prover, name)
            stack.enter_context(patch.object(prover, name, partial(hook, original)))
        yield


def forge(made: Setup, witness: Witness, hooks: Hooks | None = None, seed: bytes | None = None) -> Forgery:
    """Prove whatever the witness says, with some of the prover's steps replaced."""
    seen: dict[str, Any] = {}

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        pads = hooks["draw_pads"](original, *args) if hooks and "draw_pads" in hooks else original(*args)
        seen["pads"] = [Ext(int(a), int(b)) for a, b in pads]
        return pads

    def draw_pad_test(original: Callable[..., Any], ch: Channel, schedule: Any) -> Any:
        seen["broken"] = ch.broken_constraints(seen["pads"])
        return original(ch, schedule)

    own = {"draw_pads": draw_pads, "draw_pad_test": draw_pad_test}
    with hooked((hooks or {}) | own), patch.object(Tables, "form_table", exact_form_table):
        proof = made.prove(witness, seed)
    return Forgery(proof, tuple(dict.fromkeys(seen["broken"])))


class Cells:
    """The witness's rows, edited by column name and index."""

    def __init__(self, made: Setup, witness: Witness) -> None:
        self.made, self.rows, self.outputs = made, witness.rows.copy(), witness.outputs

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(c for c in self.made.statement.columns if c.name == name)

    def padded(self, name: str) -> np.ndarray:
        """Return a column's cells with its padding, (dims[0], 2^n1, ..): a view."""
        column = self.column(name)
        start = (column.row << self.made.statement.row_vars) + column.offset
        shape = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
        return self.rows.reshape(-1)[start : start + column.padded_size].reshape(shape)

    def set(self, name: str, index: tuple[int, ...], value: int) -> None:
        """Set one entry to an integer mod p."""
        self.padded(name)[index] = np.uint64(value % P)

    def get(self, name: str, index: tuple[int, ...]) -> int:
        """Return one entry."""
        return int(self.padded(name)[index])

    def add(self, name: str, index: tuple[int, ...], value: int) -> None:
        """Add to one entry mod p."""
        self.set(name, index, self.get(name, index) + value)

    def recount(self) -> None:
        """Count the lookups again, where what is looked up is in the table: the best that a cheating prover can do."""
        statement = self.made.statement
        counts = [[0] * table.size for table in statement.tables]
        for lookup in statement.lookups:
            ((index, scale),) = lookup.components
            column, table = statement.columns[index], statement.tables[lookup.table]
            real = self.padded(column.name)[tuple(slice(0, dim) for dim in column.dims)]
            for value in real.reshape(-1).tolist():
                row = (value * scale - table.lo) % P
                if row < table.size:
                    counts[lookup.table][row] += 1
        for table, found in zip(statement.tables, counts, strict=True):
            column = statement.columns[table.multiplicities]
            for k, count in enumerate(found):
                self.set(column.name, (k,), count)

    @property
    def witness(self) -> Witness:
        """The witness as edited."""
        return Witness(self.rows, self.outputs)


def corrupted(made: Setup, witness: Witness, edit: Callable[[Cells], None], *, recount: bool = True) -> Witness:
    """Return the witness after an edit; multiplicities are counted again unless the edit is about them."""
    cells = Cells(made, witness)
    edit(cells)
    if recount:
        cells.recount()
    return cells.witness


def with_outputs(witness: Witness, index: int, delta: int) -> Witness:
    """Return a witness that claims another output."""
    first, *others = witness.outputs
    claimed = tuple(value + delta * (k == index) for k, value in enumerate(first))
    return Witness(witness.rows, (claimed, *others))


def multiplicity_columns(made: Setup) -> list[Column]:
    """Return the columns of multiplicities."""
    return [column for column in made.statement.columns if column.role is Role.MULTIPLICITY]


def spliced(proof: Proof, **parts: Any) -> bytes:
    """Return a proof's bytes with some parts replaced."""
    return replace(proof, **parts).to_bytes()


__all__ = [
    "CONTEXT",
    "Cells",
    "Forgery",
    "corrupted",
    "forge",
    "hooked",
    "multiplicity_columns",
    "spliced",
    "with_outputs",
]
