"""Attacks that prove a wrong witness honestly: an edit of the witness, and the one check that stands against it."""

from collections.abc import Callable
from functools import partial
from unittest.mock import patch

import numpy as np

from attacks.attack import Attack, Forged
from attacks.cells import Cells, corrupted
from attacks.networks import Setup, mixed, rectified
from attacks.prover import deleted, forge
from zkinfer.program import step, witness
from zkinfer.program.witness import Witness

LOOKUP, MAXIMUM, POOLED, RELU, AFFINE = (
    "lookups, layer 0",
    "vanish 0, end",
    "vanish 1, end",
    "vanish 2, end",
    "affine 0",
)
CONVOLUTION, MOVEMENT, FULL = "contraction 0, end", "contraction 1 right, slide", "contraction 2, end"

Network = Callable[[], tuple[Setup, np.ndarray]]
Edit = Callable[[Cells], None]


def proved(network: Network, edit: Edit, *, recount: bool = True) -> Forged:
    """Prove the honest witness but for an edit; unless told otherwise, multiplicities count what is in the tables."""
    made, x = network()
    return forge(made, corrupted(made, made.witness(x), edit, recount=recount)).sent(about_witness=True)


def edited(
    name: str, edit: Edit, *broken: str, relation: str, network: Network = mixed, recount: bool = True
) -> Attack:
    """Return the attack that proves an edited witness: constraints it breaks, all of them; accepted without them."""
    return stopped(name, partial(proved, network, edit, recount=recount), *broken, relation=relation)


def stopped(name: str, forge: Callable[[], Forged], *broken: str, relation: str) -> Attack:
    """Return an attack that constraints on pads stop, and nothing else: it is accepted once these are deleted."""
    return Attack(name, forge, broken=broken, relation=relation, without=partial(deleted, *broken))


def beyond_range(entry: int) -> tuple[Setup, Witness]:
    """Return `rectified` and the witness of an input that is out of range, where every later value fits its range."""
    made, _ = rectified()
    unchecked = patch.object(step, "check_input", lambda chain, x: x)
    uncounted = patch.object(witness, "_count", lambda st, columns: [np.zeros(t.size, np.int64) for t in st.tables])
    with unchecked, uncounted:
        followed = made.witness(np.array([entry, 2]))
    return made, corrupted(made, followed, lambda cells: None)


def follow_output(cells: Cells, index: tuple[int, int], by: int) -> None:
    """Let the output of `mixed` follow a change of what its last layer reads."""
    made = cells.made
    assert isinstance(made, Setup)
    weights = made.program.steps[-2].op.weights.reshape(3, 2, 3)  # type: ignore[attr-defined]
    (outputs,) = cells.outputs
    cells.outputs = (tuple(int(o + by * w) for o, w in zip(outputs, weights[:, *index], strict=True)),)
