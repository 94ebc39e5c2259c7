"""A proof is made with weaker parameters than those that its statement has."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.networks import Setup, setup, tiny
from attacks.worlds import anew
from zkinfer.program.lower import Plan
from zkinfer_verify.params.profile import PROFILES
from zkinfer_verify.statement.statement import Statement

SEED = b"parameters"


@contextmanager
def toy_is(**changes: Any) -> Iterator[None]:
    """Change the toy profile."""
    with patch.dict(PROFILES, toy=replace(PROFILES["toy"], **changes)):
        yield


def weakened(**changes: Any) -> Forged:
    """Prove with a changed profile of the same name, for the statement of the weights' code under that profile."""
    with toy_is(**changes):
        made = anew(tiny_again())
        proof = made.prove(made.witness(tiny()[1]), SEED)
    return Forged(made.statement, proof.to_bytes())


def tiny_again() -> Setup:
    """Return the smallest network, its weights committed anew."""
    return setup(tiny()[0].graph, plan=Plan(4, 4, frozenset()), input_range=(-2, 1))


def shown_as(allow_toy: bool = True, **changes: Any) -> Forged:
    """Show a toy proof for its statement with some fields changed."""
    made, x = tiny()
    proof = made.prove(made.witness(x), SEED)
    statement: Statement = replace(made.statement, **changes)
    data = replace(proof, statement_digest=statement.digest).to_bytes()
    return Forged(statement, data, allow_toy=allow_toy)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack("a toy proof, toy not allowed", partial(shown_as, False), "profile 'toy' has no soundness")
    for name in ("standard", "small"):
        yield Attack(f"a toy proof as {name}", partial(shown_as, profile=name), f"are not in profile '{name}'")
        yield Attack(
            f"a toy proof as {name}, rows of 2^10",
            partial(shown_as, profile=name, row_vars=10),
            "proof ends inside its y",
        )
    yield Attack("a profile of the prover's own", partial(shown_as, profile="toy2"), "profile 'toy2' is unknown")
    # A verifier of no queries could not even be written: it takes an opened column's size from their number.
    yield Attack("no queries", partial(weakened, fixed_queries=0), "proof ends inside its linear vector")
    for name, changes, stopped_by in (
        ("one query", {"fixed_queries": 1}, "proof ends inside its salts of Q"),
        ("one query less", {"fixed_queries": 3}, CONSTRAINT),
        ("a code of rate 1/2", {"log_inv_rate": 1}, "opened columns of W do not belong to its root"),
        ("a code of Q of rate 1/4", {"pad_log_inv_rate": 2}, "Merkle multiproof has"),
        ("longer rows of Q", {"pad_row_vars": 7}, "more than this statement's proofs can have"),
    ):
        yield Attack(name, partial(weakened, **changes), stopped_by, without=partial(toy_is, **changes))
