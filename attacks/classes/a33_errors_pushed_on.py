"""A false output is pushed from step to step: each step's messages absorb the error of the one before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from attacks.attack import Attack, Forged
from attacks.commitments import add_at, add_to, monomials, seeing_positions, solved_cells
from attacks.networks import tiny
from attacks.prover import deleted, forge, hooked, with_outputs
from attacks.worlds import unchecked
from zkinfer.prove.sender import Sender
from zkinfer_verify.check.column_claims import ColumnClaim
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.poly.eq import eq_index

SEED = b"errors pushed on"
HALF = Ext((P + 1) // 2)
OPENED = "opening: y's code differs from the opened columns"
LINEAR = "pad oracle, linear test: the vector differs from the opened columns"


class Pusher:
    """A prover that claims one more than the output, and lies up to some step so that all checks before it hold.

    The rounds of the contraction carry half of the error; its right operand takes it; the folding's rounds carry what
    comes of that; the value of the operand's claim at the folding's point takes it; y takes it.
    """

    STEPS = ("rounds", "operand", "folding rounds", "folding value", "y")

    def __init__(self, last: str) -> None:
        self.lies = self.STEPS[: self.STEPS.index(last) + 1]
        self.drawn: dict[str, list[Ext]] = {}
        self.count: dict[str, int] = {}
        self.claims: Sequence[ColumnClaim] = ()
        self.left = self.error = Ext(0)

    def changed(self, label: str, value: Ext) -> Ext:
        """Return what is sent instead of a scalar; `error` is that of the claim that it belongs to."""
        number = self.count[label] = self.count.get(label, -1) + 1
        if label == "contraction 0 round":
            self.error = HALF
            return value + HALF
        if label == "contraction 0 left":
            self.left = value
        if label == "contraction 0 right" and "operand" in self.lies:
            self.error = self.error * self.left.inverse()
            return value + self.error
        if label == "folding round" and "folding rounds" in self.lies:
            if number == 0:
                self.error = self.error * self.drawn["folding gamma"][self.claimed]
            if number % 2 == 0:
                self.error = self.error * HALF
            return value + self.error
        if label == "folding value" and "folding value" in self.lies and number == self.claimed:
            kappa = self.claims[number].part.at(self.drawn["folding round"])
            self.error = self.error * (kappa * self.drawn["folding gamma"][number]).inverse()
            return value + self.error
        return value

    @property
    def claimed(self) -> int:
        """The number of the claim that the right operand left."""
        return next(k for k, claim in enumerate(self.claims) if claim.name == "contraction 0 right")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Follow what is sent and drawn."""
        send, challenge, point = Sender.send, Sender.challenge, Sender.point

        def sent(tx: Sender, label: str, *values: tuple[int, int]) -> None:
            send(tx, label, *(self.changed(label, Ext(*map(int, value))) for value in values))

        def one(tx: Sender, label: str) -> Ext:
            self.drawn.setdefault(label, []).append(challenge(tx, label))
            return self.drawn[label][-1]

        def many(tx: Sender, label: str, count: int) -> list[Ext]:
            self.drawn[label] = point(tx, label, count)
            return self.drawn[label]

        def fold(original: Callable[..., Any], tx: Sender, tables: Any, claims: list[ColumnClaim]) -> Any:
            self.claims = claims
            return original(tx, tables, claims)

        with patch.multiple(Sender, send=sent, challenge=one, point=many), hooked({"prove_folding": fold}):
            yield

    def opening_vector(self, original: Callable[..., Any], *args: Any) -> bytes:
        """Return y, with a first coefficient that makes its inner product what is claimed."""
        y: bytes = original(*args)
        if "y" not in self.lies:
            return y
        unit = eq_index(self.drawn["folding round"], 0)
        delta = self.drawn["folding delta"][self.claimed]
        self.error = self.error * delta * args[-1] * unit.inverse()
        return add_at(y, 0, self.error)


def pushed(last: str, *, solved: bool = False) -> Forged:
    """Push the error as far as a step; solved: then solve the opened cells of the mask row for y."""
    made, x = tiny()
    pusher, seen = Pusher(last), list[Sequence[int]]()
    with pusher.at_work():
        hooks = {"_opening_vector": pusher.opening_vector, **seeing_positions(seen)}
        forgery = forge(made, with_outputs(made.witness(x), 0, 1), hooks, SEED)
    columns = forgery.proof.columns_witness
    if solved:
        columns = solved_cells(columns, made.prepared.sizes.witness_width, -2, [pusher.error] * len(seen[0]))
    return forgery.sent(about_witness=True, columns_witness=columns)


def bent(*, solved: bool = False) -> Forged:
    """Write the target of the linear test into its vector; solved: then solve the opened cells of the masks for it."""
    made, x = tiny()
    seen, change, mixes = list[Sequence[int]](), list[Ext](), list[Ext]()
    length = made.prepared.schedule.parameters.pad_row_length

    def pad_vectors(original: Callable[..., Any], kernels: Any, oracle: Any, schedule: Any, test: Any) -> Any:
        proximity, linear = original(kernels, oracle, schedule, test)
        mixes[:] = test.mixes
        change[:] = [test.target - Ext(*map(int, linear[length - 1]))]
        return proximity, add_to(linear, length - 1, change[0])

    hooks = {"pad_vectors": pad_vectors, **seeing_positions(seen)}
    forgery = forge(made, with_outputs(made.witness(x), 0, 1), hooks, SEED)
    columns = forgery.proof.columns_pads
    if solved:
        sizes, rows = made.prepared.sizes, made.prepared.schedule.pad_rows
        at = monomials(made.prepared.schedule.parameters.pad_code_length, seen[1], length - 1)
        # M0 takes the change of the linear vector, P what that does to the proximity vector.
        columns = solved_cells(columns, sizes.pad_width, rows + 2, [change[0] * value for value in at])
        back = [-mixes[rows] * change[0] * value for value in at]
        columns = solved_cells(columns, sizes.pad_width, rows, back)
    return forgery.sent(about_witness=True, columns_pads=columns)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class: the further the error is pushed, the later the check."""
    constraints = (
        ("rounds", "contraction 0, end"),
        ("operand", "folding, end"),
        ("folding rounds", "folding, end"),
        ("folding value", "opening"),
    )
    of_output = "contraction 0"
    for last, name in constraints:
        yield Attack(
            f"up to the {last}",
            partial(pushed, last),
            broken=(name,),
            relation=of_output,
            without=partial(deleted, name),
        )
    yield Attack(
        "up to y", partial(pushed, "y"), OPENED, relation=of_output, without=partial(unchecked, "check_opened_columns")
    )
    yield Attack(
        "up to the columns of A",
        partial(pushed, "y", solved=True),
        "opened columns of A do not belong to its root",
        relation=of_output,
        without=partial(unchecked, "check_openings"),
    )
    end = ("contraction 0, end",)
    yield Attack(
        "into the linear vector",
        bent,
        LINEAR,
        broken=end,
        relation=of_output,
        without=partial(unchecked, "check_pad_columns"),
    )
    yield Attack(
        "up to the columns of Q",
        partial(bent, solved=True),
        "opened columns of Q do not belong to its root",
        broken=end,
        relation=of_output,
        without=partial(unchecked, "check_openings"),
    )
