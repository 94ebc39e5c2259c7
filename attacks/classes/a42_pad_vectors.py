"""The two vectors that prove the pads are not those of the committed oracle, or its masks carry an error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.commitments import add_to, with_masks
from attacks.networks import tiny
from attacks.prover import Hooks, forge, sending, with_outputs
from attacks.worlds import unchecked
from zkinfer_verify.check import pads
from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.field.extension import Ext, powers
from zkinfer_verify.field.prime import P

SEED, OTHER = b"pad vectors", b"another proof's"
PAD_K, B = 64, 4
HALF = Ext((P + 1) // 2)
PROXIMITY = "pad oracle, proximity test: the vector differs from the opened columns"
LINEAR = "pad oracle, linear test: the vector differs from the opened columns"
END = "contraction 0, end"


def vector_changed(which: int, index: int) -> Hooks:
    """Send the proximity vector (0) or the linear vector (1) with one coefficient changed."""

    def changed(original: Callable[..., Any], *args: Any) -> Any:
        vectors = list(original(*args))
        vectors[which] = add_to(vectors[which], index)
        return tuple(vectors)

    return {"pad_vectors": changed}


def other_mask(name: str) -> Hooks:
    """Compute with another mask than the committed one."""

    def commit(original: Callable[..., Any], *args: Any) -> Any:
        oracle = original(*args)
        return replace(oracle, **{name: add_to(getattr(oracle, name), 0)})

    return {"commit_pads": commit}


def forged(hooks: Hooks) -> Forged:
    """Follow the protocol but for some steps of the prover."""
    made, x = tiny()
    return forge(made, made.witness(x), hooks, SEED).sent()


def of_another(*parts: str) -> Forged:
    """Send a vector of another proof of the same."""
    made, x = tiny()
    other = made.prove(made.witness(x), OTHER)
    return forge(made, made.witness(x), seed=SEED).sent(**{part: getattr(other, part) for part in parts})


def cut(part: str, size: int) -> Forged:
    """Send a vector of another length, as masks of a lower or a higher degree would give it."""
    made, x = tiny()
    forgery = forge(made, made.witness(x), seed=SEED)
    parts: dict[str, Any] = {part: getattr(forgery.proof, part).ljust(size, b"\0")[:size]}
    return forgery.sent(**parts)


def error_in_mask() -> Forged:
    """Let M0 carry the error of a constraint, which is a constant: its coefficient K' - 1 is not zero."""
    made, x = tiny()

    def commit_pads(original: Callable[..., Any], *args: Any) -> Any:
        oracle = original(*args)
        mask = add_to(oracle.low_mask, PAD_K - 1, HALF)
        return with_masks(oracle, len(oracle.committed.code), low_mask=mask)

    with sending("contraction 0 round", lambda k, value: value + HALF):
        forgery = forge(made, with_outputs(made.witness(x), 0, 1), {"commit_pads": commit_pads}, SEED)
    return forgery.sent(about_witness=True)


@contextmanager
def constraint_of_coefficient_one() -> Iterator[None]:
    """Take the powers of lambda from lambda^0 on, for the constraint that is wrong: the mask's own coefficient."""
    conclude = Channel.zero

    def zero(ch: Channel, name: str, claim: Claim) -> None:
        conclude(ch, name, claim)
        if name == END:
            ch.constraints.insert(0, ch.constraints.pop())

    from_one = patch.object(pads, "powers", lambda a, count: [Ext(1), *powers(a, count - 1)])
    with patch.object(Channel, "zero", zero), from_one:
        yield


def mask_left_out(which: int) -> Hooks:
    """Leave M0 (0) or M1 (1) out of the proximity test, as if it were not proved to be of low degree."""

    def pad_vectors(original: Callable[..., Any], kernels: Any, oracle: Any, schedule: Any, test: Any) -> Any:
        mixes = list(test.mixes)
        mixes[schedule.pad_rows + which] = Ext(0)
        return (
            original(kernels, oracle, schedule, replace(test, mixes=mixes))[0],
            original(kernels, oracle, schedule, test)[1],
        )

    return {"pad_vectors": pad_vectors}


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    columns = partial(unchecked, "check_pad_columns")
    for name, hooks, stopped_by in (
        ("the proximity vector", vector_changed(0, 0), PROXIMITY),
        ("the proximity vector's end", vector_changed(0, -1), PROXIMITY),
        ("the linear vector", vector_changed(1, 0), LINEAR),
        ("the linear vector's end", vector_changed(1, -1), LINEAR),
        ("another mask P", other_mask("proximity_mask"), PROXIMITY),
        ("another mask M0", other_mask("low_mask"), PROXIMITY),
        ("another mask M1", other_mask("high_mask"), PROXIMITY),
        ("M0 left out of the proximity test", mask_left_out(0), PROXIMITY),
        ("M1 left out of the proximity test", mask_left_out(1), PROXIMITY),
    ):
        yield Attack(name, partial(forged, hooks), stopped_by, without=columns)
    yield Attack(
        "the linear vector's target",
        partial(forged, vector_changed(1, PAD_K - 1)),
        CONSTRAINT,
        without=partial(unchecked, "check_linear_target", "check_pad_columns"),
    )
    # The positions depend on it, so the columns are the first to differ.
    yield Attack("proximity vector of another proof", partial(of_another, "proximity"), "opened columns of W")
    yield Attack("linear vector of another proof", partial(of_another, "linear"), CONSTRAINT)
    yield Attack("both vectors of another proof", partial(of_another, "proximity", "linear"), CONSTRAINT)
    # What follows moves along; the linear vector's target is in its front half, and still there.
    for part, counts, stopped_by in (
        ("proximity", (PAD_K, PAD_K + B + 1), CONSTRAINT),
        ("linear", (2 * PAD_K, 2 * PAD_K + B + 1), "opened columns of W do not belong to its root"),
    ):
        for count in counts:
            name = f"the {part} vector, of {count} coefficients"
            yield Attack(name, partial(cut, part, 16 * count), stopped_by)
    yield Attack(
        "an error in the mask M0",
        error_in_mask,
        broken=(END,),
        relation="contraction 0",
        without=constraint_of_coefficient_one,
    )
