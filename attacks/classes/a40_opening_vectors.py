"""The vector y, or the value sigma of its mask, is not what was committed to."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.commitments import add_at, add_to
from attacks.networks import tiny
from attacks.prover import Hooks, deleted, forge, sending
from attacks.worlds import unchecked
from zkinfer_verify.proof.proof import Proof

SEED, OTHER = b"opening vectors", b"another proof's"
K = 16
OPENED = "opening: y's code differs from the opened columns"


def vector_changed(index: int) -> Hooks:
    """Send y with one coefficient changed."""
    return {"_opening_vector": lambda original, *args: add_at(original(*args), index)}


def other_mask(original: Callable[..., Any], *args: Any) -> Any:
    """Use another mask row N than the committed one, in y and in sigma."""
    oracle = original(*args)
    return replace(oracle, mask=add_to(oracle.mask, 0))


def forged(hooks: Hooks, sigma: int = 0) -> Forged:
    """Follow the protocol but for some steps of the prover, and add to sigma."""
    made, x = tiny()
    with sending("opening sigma", lambda k, value: value + sigma) if sigma else nullcontext():
        return forge(made, made.witness(x), hooks, SEED).sent()


def resized(change: Callable[[bytes], bytes]) -> Forged:
    """Send y with another number of coefficients."""
    made, x = tiny()
    proof = made.prove(made.witness(x), SEED)
    return Forged(made.statement, replace(proof, y=change(proof.y)).to_bytes())


def of_another(vector: bool, sigma: bool) -> Forged:
    """Send the y, or the sigma, of another proof of the same; what comes after follows the transcript."""
    made, x = tiny()
    witness = made.witness(x)
    other: Proof = made.prove(witness, OTHER)
    hooks: Hooks = {"_opening_vector": lambda original, *args: other.y} if vector else {}
    forgery = forge(made, witness, hooks, SEED)
    if not sigma:
        return forgery.sent()
    return forgery.sent(scalars=(*forgery.proof.scalars[:-1], other.scalars[-1]))


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    opening, no_opening = ("opening",), partial(deleted, "opening")
    no_columns = partial(unchecked, "check_opened_columns")
    yield Attack("sigma", partial(forged, {}, 1), broken=opening, without=no_opening)
    yield Attack("y in its data", partial(forged, vector_changed(0)), broken=opening)
    yield Attack("y in its random part", partial(forged, vector_changed(K)), OPENED, without=no_columns)
    yield Attack("y's last coefficient", partial(forged, vector_changed(-1)), OPENED, without=no_columns)
    yield Attack("another mask row", partial(forged, {"_commit_witness": other_mask}), OPENED, without=no_columns)
    yield Attack("y of another proof", partial(of_another, True, False), CONSTRAINT, broken=opening)
    yield Attack("sigma of another proof", partial(of_another, False, True))
    yield Attack("sigma and y of another proof", partial(of_another, True, True), CONSTRAINT, broken=opening)
    yield Attack("y of one coefficient more", partial(resized, lambda y: y + bytes(16)))
    yield Attack("y of one coefficient less", partial(resized, lambda y: y[:-16]))
