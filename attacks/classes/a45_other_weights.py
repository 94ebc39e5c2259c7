"""Everything is true, but of other weights than those that the statement commits to."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

from attacks.attack import Attack, Forged
from attacks.commitments import committed_to
from attacks.networks import Setup, tiny
from attacks.prover import forge, with_outputs
from attacks.worlds import unchecked
from zkinfer.kernels import native
from zkinfer.prove.weights import Weights, encode_weights
from zkinfer_verify.hashing.digest import LEAF_WEIGHTS

SEED = b"other weights"


@cache
def registered_again() -> Setup:
    """Return the network with one weight changed, under a registration of its own."""
    made, _ = tiny()
    ((first, block),) = made.weights.blocks
    other = block.copy()
    other[0, 0] += 1
    code = made.weights.committed.code.copy()
    encode_weights(native, [(first, other)], code)
    committed = committed_to(LEAF_WEIGHTS, code)
    return replace(
        made,
        weights=Weights([(first, other)], committed),
        statement=replace(made.statement, weight_root=committed.root),
    )


def forged(*, root: bool, columns: bool) -> Forged:
    """Prove what the other weights give; root: under their statement; columns: and open their columns."""
    made, x = tiny()
    other = registered_again()
    witness = with_outputs(made.witness(x), 0, int(x[0]))
    opened = other.weights.committed if columns else made.weights.committed
    statement = other.statement if root else made.statement
    lying = replace(made, statement=statement, weights=Weights(other.weights.blocks, opened))
    forgery = forge(lying, witness, seed=SEED)
    parts: dict[str, Any] = {"statement_digest": made.statement.digest}
    return replace(forgery.sent(**parts), statement=made.statement, witness=witness, blocks=made.weights.blocks)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    relation = "contraction 0"
    yield Attack(
        "computed with, not opened",
        partial(forged, root=False, columns=False),
        "opening: y's code differs from the opened columns",
        relation=relation,
        without=partial(unchecked, "check_opened_columns"),
    )
    yield Attack(
        "computed with and opened",
        partial(forged, root=False, columns=True),
        "opened columns of W do not belong to its root",
        relation=relation,
        without=partial(unchecked, "check_openings"),
    )
    yield Attack("of another registration", partial(forged, root=True, columns=True), relation=relation)
