"""The reductions run on other columns than those that were committed to: only a claim on columns can tell."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import Setup, mixed
from attacks.prover import Hooks, forge
from attacks.worlds import anew, without_claims
from zkinfer.program.witness import Witness
from zkinfer.prove.forms import Tables

Rows = NDArray[np.uint64]


def tree_on(rows: Rows) -> Hooks:
    """Build the lookup tree on other rows than the committed ones."""
    return {"prove_lookups": lambda original, tx, kernels, st, layout, _: original(tx, kernels, st, layout, rows)}


def contraction_on(rows: Rows) -> Hooks:
    """Run the first contraction on other rows than the committed ones."""

    def prove_contraction(
        original: Callable[..., Any], tx: Any, tables: Tables, vectors: Any, index: int, c: Any
    ) -> None:
        other = Tables(tables.kernels, tables.statement, rows, tables.blocks) if index == 0 else tables
        original(tx, other, vectors, index, c)

    return {"prove_contraction": prove_contraction}


def count_moved(made: Setup, honest: Witness, x: np.ndarray) -> Witness:
    """Count one table row once too often, and another once less."""

    def edit(cells: Cells) -> None:
        cells.add("table2.multiplicities", (3,), 1)
        cells.add("table2.multiplicities", (4,), -1)

    return corrupted(made, honest, edit, recount=False)


def negative_limb(made: Setup, honest: Witness, x: np.ndarray) -> Witness:
    """Write a value as the limbs (l - 16, t + 1)."""

    def edit(cells: Cells) -> None:
        index = next(i for i in np.ndindex(4, 3) if cells.get("relu1.limb1", i) < 3)
        cells.add("relu1.limb0", index, -16)
        cells.add("relu1.limb1", index, 1)

    return corrupted(made, honest, edit, recount=False)


def other_input(made: Setup, honest: Witness, x: np.ndarray) -> Witness:
    """Commit to another input than the one that is computed with."""

    def edit(cells: Cells) -> None:
        cells.padded("input")[:, :3] = Cells(made, made.witness(np.roll(x, 1, axis=0))).padded("input")[:, :3]

    return corrupted(made, honest, edit)


def forged(commit: Callable[[Setup, Witness, np.ndarray], Witness], hooks: Callable[[Rows], Hooks]) -> Forged:
    """Commit to a false witness, and compute on the honest rows."""
    made, x = mixed()
    made, honest = anew(made), made.witness(x)
    return forge(made, commit(made, honest, x), hooks(honest.rows)).sent(about_witness=True)


def attacks() -> Iterator[Attack]:
    """Yield an attack a claim: without that one claim it would pass."""
    cases = (
        ("lookup multiplicities", count_moved, tree_on, "table"),
        ("lookup columns", negative_limb, tree_on, "lookup"),
        ("contraction 0 right form", other_input, contraction_on, "contraction 0"),
    )
    for claim, commit, hooks, relation in cases:
        yield Attack(
            claim,
            partial(forged, commit, hooks),
            broken=("folding, end",),
            relation=relation,
            without=partial(without_claims, claim),
        )
