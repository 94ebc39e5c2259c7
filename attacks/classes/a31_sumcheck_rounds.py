"""The rounds of a sumcheck belong to no polynomial with the claimed sum, or are not the statement's in number."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache, partial
from unittest.mock import patch

from attacks.attack import Attack, Forged
from attacks.networks import mixed, tiny
from attacks.prover import deleted, forge, sending, with_outputs
from zkinfer.prove.sender import Sender
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P

SEED = b"sumcheck rounds"
HALF = Ext((P + 1) // 2)
ROUND = "contraction 2 round"


def false_output(*, carried: bool) -> Forged:
    """Claim one more than the output. The value at 1 follows from the claim, so it takes the error by itself.

    carried: whether the rounds are those of the polynomial plus a constant, so that the error is halved.
    """
    made, x = tiny()
    with sending("contraction 0 round", lambda k, value: value + HALF) if carried else nullcontext():
        return forge(made, with_outputs(made.witness(x), 0, 1)).sent(about_witness=True)


@cache
def labels() -> tuple[str, ...]:
    """Return the labels of all scalars of a proof, in order."""
    made, x = mixed()
    seen: list[str] = []
    send = Sender.send

    def recorded(tx: Sender, label: str, *values: tuple[int, int]) -> None:
        seen.extend([label] * len(values))
        send(tx, label, *values)

    with patch.object(Sender, "send", recorded):
        made.prove(made.witness(x), SEED)
    return tuple(seen)


def other_rounds(edit: Callable[[list[Ext], int], None]) -> Forged:
    """Edit the scalars of an honest proof, given where a sumcheck's rounds begin: two scalars each."""
    made, x = mixed()
    forgery = forge(made, made.witness(x), seed=SEED)
    scalars = list(forgery.proof.scalars)
    edit(scalars, labels().index(ROUND))
    return forgery.sent(scalars=tuple(scalars))


def missing(scalars: list[Ext], at: int) -> None:
    """Leave the first round out."""
    del scalars[at : at + 2]


def missing_last(scalars: list[Ext], at: int) -> None:
    """Leave the last round out."""
    del scalars[at + 4 : at + 6]


def extra(scalars: list[Ext], at: int) -> None:
    """Send the first round twice."""
    scalars[at:at] = scalars[at : at + 2]


def cubic(scalars: list[Ext], at: int) -> None:
    """Send one more value of the first round's polynomial."""
    scalars.insert(at + 2, scalars[at + 1])


def linear(scalars: list[Ext], at: int) -> None:
    """Send one value less of the first round's polynomial."""
    del scalars[at + 1]


def exchanged(scalars: list[Ext], at: int) -> None:
    """Send two rounds in the other order."""
    scalars[at : at + 4] = scalars[at + 2 : at + 4] + scalars[at : at + 2]


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    end = "contraction 0, end"
    for name, carried in (("false sum, honest rounds", False), ("false sum, carried by every round", True)):
        yield Attack(
            name,
            partial(false_output, carried=carried),
            broken=(end,),
            relation="contraction 0",
            without=partial(deleted, end),
        )
    edits: tuple[tuple[str, Callable[[list[Ext], int], None]], ...] = (
        ("a round missing", missing),
        ("the last round missing", missing_last),
        ("a round twice", extra),
        ("a degree too many", cubic),
        ("a degree too few", linear),
        ("two rounds exchanged", exchanged),
    )
    for name, edit in edits:
        yield Attack(name, partial(other_rounds, edit))
