"""A prover that follows the protocol but for one forgery, and what the verifier would see if it knew the pads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from attacks.attack import Forged
from attacks.networks import Made
from zkinfer.program.witness import Witness
from zkinfer.prove import prover
from zkinfer.prove.forms import Tables
from zkinfer.prove.sender import Sender
from zkinfer_verify.check.claims import Channel, Claim
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.relations import Form

Hooks = dict[str, Callable[..., Any]]
"""Replacements of names in zkinfer.prove.prover; each is called with the original first."""


@dataclass(frozen=True)
class Forgery:
    """A proof made with a forgery, and the constraints on pads that it breaks."""

    made: Made
    witness: Witness
    proof: Proof
    broken: tuple[str, ...]

    def sent(self, *, about_witness: bool = False, **parts: Any) -> Forged:
        """Hand it to the verifier, with parts of the proof replaced.

        about_witness: whether the witness is what is forged, so that a relation fails over the integers.
        """
        return Forged(
            self.made.statement,
            replace(self.proof, **parts).to_bytes(),
            self.broken,
            self.witness if about_witness else None,
            self.made.weights.blocks,
        )


def exact_form_table(tables: Tables, form: Form) -> np.ndarray:
    """Return a form's table mod p, for whatever the columns hold: the product's way needs integers under p/2."""
    total: Any = 0
    for term in form.terms:
        cells = tables.cells(tables.statement.columns[term.column]).astype(object)
        total = total + cells * term.coefficient
    if form.constant:
        total[tuple(slice(0, dim) for dim in form.dims)] += form.constant
    return np.asarray(total % P, dtype=np.uint64)


@contextmanager
def hooked(hooks: Hooks) -> Iterator[None]:
    """Replace names in the prover for a while."""
    with ExitStack() as stack:
        for name, hook in hooks.items():
            original = getattr(prover, name)
            stack.enter_context(patch.object(prover, name, partial(hook, original)))
        yield


def forge(made: Made, witness: Witness, hooks: Hooks | None = None, seed: bytes | None = None) -> Forgery:
    """Prove whatever the witness says, with some of the prover's steps replaced."""
    seen: dict[str, Any] = {}

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        pads = hooks["draw_pads"](original, *args) if hooks and "draw_pads" in hooks else original(*args)
        seen["pads"] = [Ext(int(a), int(b)) for a, b in pads]
        return pads

    def draw_pad_test(original: Callable[..., Any], ch: Channel, schedule: Any) -> Any:
        seen["broken"] = broken_constraints(ch, seen["pads"])
        return original(ch, schedule)

    own = {"draw_pads": draw_pads, "draw_pad_test": draw_pad_test}
    with hooked((hooks or {}) | own), patch.object(Tables, "form_table", exact_form_table):
        proof = made.prove(witness, seed)
    return Forgery(made, witness, proof, tuple(dict.fromkeys(seen["broken"])))


def broken_constraints(ch: Channel, pads: Sequence[Ext]) -> list[str]:
    """Name the constraints of a channel that do not hold for these pads: each alone, weighed by one."""
    count, broken = len(ch.constraints), []
    for k, (name, _) in enumerate(ch.constraints):
        weights, known = ch.pad_weights([Ext(int(k == other)) for other in range(count)])
        if sum((weight * pad for weight, pad in zip(weights, pads, strict=True)), known) != ZERO:
            broken.append(name)
    return broken


def with_outputs(witness: Witness, index: int, delta: int) -> Witness:
    """Return a witness that claims another output."""
    first, *others = witness.outputs
    claimed = tuple(value + delta * (k == index) for k, value in enumerate(first))
    return Witness(witness.rows, (claimed, *others))


@contextmanager
def sending(label: str, change: Callable[[int, Ext], Ext]) -> Iterator[None]:
    """Change the scalars sent under a label, given their number under it, before they are padded."""
    send, count = Sender.send, [0]

    def changed(tx: Sender, at: str, *values: tuple[int, int]) -> None:
        if at == label:
            values = tuple(change(count[0] + k, Ext(*map(int, value))) for k, value in enumerate(values))
            count[0] += len(values)
        send(tx, at, *values)

    with patch.object(Sender, "send", changed):
        yield


@contextmanager
def deleted(*names: str) -> Iterator[None]:
    """Delete constraints on pads by name, for prover and verifier."""
    conclude = Channel.zero

    def zero(ch: Channel, name: str, claim: Claim) -> None:
        if name not in names:
            conclude(ch, name, claim)

    with patch.object(Channel, "zero", zero):
        yield
