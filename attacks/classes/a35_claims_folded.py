"""Claims on columns are left out when they are folded, or false ones are made to cancel."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np

from attacks.attack import Attack, Forged
from attacks.networks import Setup, mixed, scattered
from attacks.prover import Hooks, deleted, forge, hooked, sending
from attacks.worlds import equal_coefficients, unchecked
from zkinfer.program.witness import Witness
from zkinfer.prove.sender import Sender
from zkinfer_verify.check import folding
from zkinfer_verify.check.column_claims import ColumnClaim, PaddingPart
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.statement.column import Oracle

SEED = b"claims folded"
OPENED = "opening: y's code differs from the opened columns"


def padded_cell_set(made: Setup, x: np.ndarray) -> Witness:
    """Return the honest witness with a number in the padding of the input, which no relation reads."""
    honest = made.witness(x)
    rows = honest.rows.copy()
    rows[0, 3] = 1
    return Witness(rows, honest.outputs)


def emptied(claims: Sequence[ColumnClaim]) -> list[ColumnClaim]:
    """Return the claims, that on the input's padding without its rows: then it is true."""
    first = (Oracle.WITNESS, 0)
    return [replace(c, weights={}) if isinstance(c.part, PaddingPart) and first in c.weights else c for c in claims]


def padding_left_out(*, of_opening: bool) -> Forged:
    """Fold without the claim on a padding; of_opening: leave it out of y as well."""
    made, x = mixed()
    combine = folding.combine_weights
    fewer: dict[Any, Ext] = {}

    def prove_folding(original: Callable[..., Any], tx: Sender, tables: Any, claims: list[ColumnClaim]) -> Any:
        return original(tx, tables, emptied(claims))

    def combine_weights(red: Any, deltas: list[Ext]) -> Any:
        fewer.update(combine(SimpleNamespace(claims=emptied(red.claims)), deltas))  # type: ignore[arg-type]
        return combine(red, deltas)

    def opening_vector(original: Callable[..., Any], kernels: Any, oracle: Any, weights: Any, *rest: Any) -> Any:
        return original(kernels, oracle, fewer if of_opening else weights, *rest)

    hooks: Hooks = {"prove_folding": prove_folding, "_opening_vector": opening_vector}
    with patch.object(folding, "combine_weights", combine_weights):
        return forge(made, padded_cell_set(made, x), hooks, SEED).sent(about_witness=True)


def shifted(*changes: int) -> Forged:
    """Change the scalars of a factor, which are its zero neighbour, its value's two parts and their sum."""
    made, x = scattered()
    with sending("vanish 2 factor", lambda k, value: value + changes[k]):
        return forge(made, made.witness(x)).sent()


def cancelling_values() -> Forged:
    """Send two values at the folding's point whose errors cancel in the folding: its coefficients are known by then."""
    made, x = mixed()
    send, challenge, point = Sender.send, Sender.challenge, Sender.point
    claims: list[ColumnClaim] = []
    gammas: list[Ext] = []
    rounds: list[Ext] = []

    def one(tx: Sender, label: str) -> Ext:
        drawn = challenge(tx, label)
        if label == "folding round":
            rounds.append(drawn)
        return drawn

    def many(tx: Sender, label: str, count: int) -> list[Ext]:
        drawn = point(tx, label, count)
        if label == "folding gamma":
            gammas[:] = drawn
        return drawn

    def weight(k: int) -> Ext:
        return gammas[k] * claims[k].part.at(rounds)

    def sent(tx: Sender, label: str, *values: tuple[int, int]) -> None:
        if label == "folding value":
            number = len(errors)
            errors.append((weight(1), -weight(0))[number] if number < 2 else Ext(0))
            values = (errors[number] + Ext(*map(int, values[0])),)
        send(tx, label, *values)

    def prove_folding(original: Callable[..., Any], tx: Sender, tables: Any, of_columns: list[ColumnClaim]) -> Any:
        claims[:] = of_columns
        return original(tx, tables, of_columns)

    errors: list[Ext] = []
    with patch.multiple(Sender, send=sent, challenge=one, point=many), hooked({"prove_folding": prove_folding}):
        return forge(made, made.witness(x)).sent()


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield Attack(
        "padding claim left out of the folding",
        partial(padding_left_out, of_opening=False),
        broken=("opening",),
        relation="padding",
        without=partial(deleted, "opening"),
    )
    yield Attack(
        "padding claim left out of folding and y",
        partial(padding_left_out, of_opening=True),
        OPENED,
        relation="padding",
        without=partial(unchecked, "check_opened_columns"),
    )
    yield Attack(
        "two claims whose errors cancel",
        partial(shifted, 0, 1, -1, 0),
        broken=("folding, end",),
        without=partial(equal_coefficients, "folding gamma"),
    )
    of_sum = "vanish 2 factor, sum of its columns"
    yield Attack(
        "a factor that is not the sum of its columns",
        partial(shifted, 0, 0, 0, 1),
        broken=(of_sum,),
        without=partial(deleted, of_sum),
    )
    yield Attack(
        "two values whose errors cancel", cancelling_values, broken=("opening",), without=partial(deleted, "opening")
    )
