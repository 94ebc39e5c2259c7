"""A malicious prover runs the reductions on other columns than it commits to: the claims on columns catch it.

The reductions then hold among themselves, and only the folding, where claims meet the committed rows, breaks. With the
one claim deleted that reaches the difference, the forgery is accepted: each claim is needed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from attacks.cells import Cells, corrupted
from attacks.networks import Setup, mixed
from attacks.prover import Forgery, Hooks, forge
from tests.rejects.test_corrupted_witnesses import limb_negative, multiplicity_moved
from zkinfer.program.witness import Witness
from zkinfer.prove.forms import Tables
from zkinfer_verify.check import run
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.errors import ProofError


@contextmanager
def without_claim(made: Setup, name: str) -> Iterator[Setup]:
    """Delete the claims of a name, for prover and verifier."""
    keep = Reduction.claim_rows

    def claim_rows(red: Reduction, at: str, *rest: Any) -> None:
        if at != name:
            keep(red, at, *rest)

    with patch.object(Reduction, "claim_rows", claim_rows):
        other = replace(made)
        other.__dict__["prepared"] = run.prepare.__wrapped__(made.statement, True)
        yield other


def tree_on(rows: np.ndarray) -> Hooks:
    """Build the lookup tree on other rows than the committed ones."""
    return {"prove_lookups": lambda original, tx, kernels, st, layout, _: original(tx, kernels, st, layout, rows)}


def contractions_on(rows: np.ndarray) -> Hooks:
    """Run the first contraction on other rows than the committed ones."""

    def prove_contraction(original: Callable[..., Any], tx: Any, tables: Tables, *rest: Any) -> None:
        index = rest[1]
        other = Tables(tables.kernels, tables.statement, rows, tables.blocks) if index == 0 else tables
        original(tx, other, *rest)

    return {"prove_contraction": prove_contraction}


def other_input(made: Setup, x: np.ndarray) -> tuple[Witness, np.ndarray]:
    """Return a witness of x that commits to another input, and the rows that hold x itself."""
    honest = made.witness(x)

    def commit_other(cells: Cells) -> None:
        cells.padded("input")[:, :3] = Cells(made, made.witness(np.roll(x, 1, axis=0))).padded("input")[:, :3]

    return corrupted(made, honest, commit_other), honest.rows


CASES = {
    "multiplicities": (
        "lookup multiplicities",
        lambda made, x: (corrupted(made, made.witness(x), multiplicity_moved, recount=False), made.witness(x).rows),
        tree_on,
    ),
    "what is looked up": (
        "lookup columns",
        lambda made, x: (corrupted(made, made.witness(x), limb_negative, recount=False), made.witness(x).rows),
        tree_on,
    ),
    "what a contraction reads": ("contraction 0 right form", other_input, contractions_on),
}


@pytest.mark.parametrize("name", CASES)
def test_rejects_a_proof_when_the_reductions_run_on_other(name):
    claim, witness_and_rows, hooks = CASES[name]
    made, x = mixed()
    witness, rows = witness_and_rows(made, x)

    def run_on(made: Setup) -> Forgery:
        return forge(made, witness, hooks(rows))

    forged = run_on(made)
    assert forged.broken == ("folding, end",)
    with pytest.raises(ProofError, match="a constraint on pads does not hold"):
        made.check(forged.proof.to_bytes())
    with without_claim(made, claim) as unguarded:
        unguarded.check(run_on(unguarded).proof.to_bytes())
