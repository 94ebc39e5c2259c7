"""A prover that claims a false output, and pushes the error on from step to step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from attacks.commitments import add_at
from attacks.prover import hooked
from zkinfer.prove.sender import Sender
from zkinfer_verify.check.column_claims import ColumnClaim
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.poly.eq import eq_index

HALF = Ext((P + 1) // 2)


class Pusher:
    """A prover of `tiny` that claims one more than the output, and lies up to some step: all checks before hold.

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
            self.error = self.error * self.weight(number).inverse()
            return value + self.error
        return value

    def weight(self, number: int) -> Ext:
        """Return gamma kappa, the weight of a claim's value at the folding's point."""
        kappa = self.claims[number].part.at(self.drawn["folding round"])
        return self.drawn["folding gamma"][number] * kappa

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
        if "folding value" in self.lies:
            self.error = self.error * self.drawn["folding delta"][self.claimed] * args[-1]
        if "y" not in self.lies:
            return y
        self.error = self.error * eq_index(self.drawn["folding round"], 0).inverse()
        return add_at(y, 0, self.error)
