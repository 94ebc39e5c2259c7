"""An honest proof is shown under another context, with another output, or of another statement."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.networks import CONTEXT, Setup, mixed, network, setup, tiny
from attacks.worlds import not_absorbed
from zkinfer.graph.graph import FullyConnected
from zkinfer.program.lower import Plan
from zkinfer_verify.proof.proof import Proof

SEED = b"replays"
BEYOND = "beyond its declared bound"
MODELS = ("another weight", "another bias", "exchanged weights", "another input range")


@cache
def honest() -> Proof:
    """Return an honest proof."""
    made, x = mixed()
    return made.prove(made.witness(x), SEED)


def altered(**parts: Any) -> Forged:
    """Replace parts of the proof."""
    return Forged(mixed()[0].statement, replace(honest(), **parts).to_bytes())


def context_replaced(context: bytes) -> Forged:
    """Replace the context of a proof that is made now, under whatever is absorbed."""
    made, x = mixed()
    proof = made.prove(made.witness(x), SEED)
    return Forged(made.statement, replace(proof, context=context).to_bytes())


def asked_for(context: bytes) -> Forged:
    """Show the proof to a verifier who asks for another context."""
    return Forged(mixed()[0].statement, honest().to_bytes(), context=context)


def expected(digest: bytes) -> Forged:
    """Show the proof to a verifier who expects another statement."""
    return Forged(mixed()[0].statement, honest().to_bytes(), expect=digest)


def output_changed(index: int, delta: int) -> Forged:
    """Claim another integer."""
    (outputs,) = honest().outputs
    return altered(outputs=(tuple(v + delta * (k == index) for k, v in enumerate(outputs)),))


def output_beside_bound(sign: int, beyond: int) -> Forged:
    """Claim an integer at a distance from its declared bound."""
    return output_set(sign * (mixed()[0].statement.outputs[0].bound + beyond))


def output_set(value: int) -> Forged:
    """Claim an integer."""
    return altered(outputs=((value, 0, 0),))


def outputs_of_another_run() -> Forged:
    """Claim what another input gives."""
    made, x = mixed()
    return altered(outputs=made.witness(np.where(x > 0, x - 1, x + 1)).outputs)


@cache
def model(name: str) -> Setup:
    """Return a network that differs from `tiny` in one point."""
    graph, plan = tiny()[0].graph, Plan(4, 4, frozenset())
    op = graph.nodes[0].op
    assert isinstance(op, FullyConnected) and op.bias is not None

    weights, bias, input_range = {
        "another weight": (op.weights + np.array([[1, 0]]), op.bias, (-2, 1)),
        "another bias": (op.weights, op.bias + 1, (-2, 1)),
        "exchanged weights": (np.roll(op.weights, 1, axis=1) + np.array([[0, 1]]), op.bias, (-2, 1)),
        "another input range": (op.weights, op.bias, (-2, 2)),
    }[name]
    return setup(network(0, (2,), FullyConnected(weights, bias))[0], plan=plan, input_range=input_range)


def of_model(name: str, *, renamed: bool) -> Forged:
    """Show a proof of `tiny` as one of another network; renamed: under that network's digest."""
    made, x = tiny()
    proof, statement = made.prove(made.witness(x), SEED), model(name).statement
    if renamed:
        proof = replace(proof, statement_digest=statement.digest)
    return Forged(statement, proof.to_bytes())


def of_statement(*, renamed: bool, **changes: Any) -> Forged:
    """Show a proof of `tiny` for its statement with some fields changed."""
    made, x = tiny()
    proof, statement = made.prove(made.witness(x), SEED), replace(made.statement, **changes)
    if renamed:
        proof = replace(proof, statement_digest=statement.digest)
    return Forged(statement, proof.to_bytes())


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    contexts = {"no context": b"", "a byte more": CONTEXT + b"\0", "a byte less": CONTEXT[:-1], "A": b"A context"}
    for name, context in contexts.items():
        yield Attack(f"asked for: {name}", partial(asked_for, context), "bound to another context")
        yield Attack(
            f"context replaced: {name}", partial(context_replaced, context), without=partial(not_absorbed, "context")
        )
    yield Attack("another digest expected", partial(expected, bytes(32)), "expected 0000")
    for index in range(3):
        for delta in (1, -1):
            yield Attack(f"output {index} changed by {delta}", partial(output_changed, index, delta))
    yield Attack("outputs of another run", outputs_of_another_run)
    for sign in (1, -1):
        yield Attack(f"an output of {sign} bound", partial(output_beside_bound, sign, 0))
        yield Attack(f"an output beyond {sign} bound", partial(output_beside_bound, sign, 1), BEYOND)
    for value in (2**32, 2**63 - 1, -(2**63)):
        yield Attack(f"an output of {value}", partial(output_set, value), BEYOND)
    for name in MODELS:
        yield Attack(f"of {name}", partial(of_model, name, renamed=False), "of another statement")
        yield Attack(f"of {name}, renamed", partial(of_model, name, renamed=True), CONSTRAINT)
    for field in ("model_id", "weight_root"):
        change = {field: b"\1" * 32}
        yield Attack(f"another {field}", partial(of_statement, renamed=False, **change), "of another statement")
        # W's columns still tell another root, if the digest is not absorbed.
        without = partial(not_absorbed, "statement") if field == "model_id" else None
        yield Attack(
            f"another {field}, renamed", partial(of_statement, renamed=True, **change), CONSTRAINT, without=without
        )
