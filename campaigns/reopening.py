"""Open a proof's commitments again, where the transcript of a changed proof draws its positions.

A message that is changed changes the positions, so its proof is stopped by opened columns that are not the drawn ones.
A prover who cheats opens the drawn ones: then the changed message itself must be caught, by constraints and codes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from attacks.networks import Setup
from attacks.prover import hooked
from campaigns.mutations import Parts
from zkinfer.program.witness import Witness
from zkinfer.prove.commit import Committed
from zkinfer_verify import api
from zkinfer_verify.field.extension import EXT_BYTES
from zkinfer_verify.poly.vectors import Vectors


@dataclass(frozen=True)
class Honest:
    """An honest proof's parts, and the commitments that it opens."""

    parts: Parts
    weights: Committed
    witness: Committed
    pads: Committed


def prove_and_keep(made: Setup, witness: Witness, seed: bytes, context: bytes) -> Honest:
    """Prove, and keep the commitments, which the prover wipes."""
    kept: list[Committed] = []

    def keep(original: Callable[..., Any], *arguments: Any) -> Any:
        oracle = original(*arguments)
        found = oracle.committed
        kept.append(Committed(found.code.copy(), found.salts.copy(), found.levels.copy()))
        return oracle

    with hooked({"_commit_witness": keep, "commit_pads": keep}):
        proof = made.prove(witness, seed, context)
    return Honest(dict(proof.sections()), made.weights.committed, *kept)


def open_again(made: Setup, honest: Honest, parts: Parts, *, mend: bool, vectors: Vectors | None = None) -> None:
    """Replace the columns, salts and siblings of a changed proof by those of the positions that it leads to.

    mend: first set the one coefficient of the linear vector that all constraints on pads meet in, so that they hold.
    Errors: ProofError when the proof does not get as far as its positions.
    """
    if mend:
        target = _result(made, parts, vectors, "draw_pad_test").target.to_bytes()
        start = EXT_BYTES * (made.prepared.schedule.parameters.pad_row_length - 1)
        linear = parts["linear vector"]
        parts["linear vector"] = linear[:start] + target + linear[start + len(target) :]
    positions, pad_positions = _result(made, parts, vectors, "draw_positions")
    parts["columns of W"], _, of_weights = honest.weights.open_columns(positions)
    parts["columns of A"], parts["salts of A"], of_witness = honest.witness.open_columns(positions)
    parts["columns of Q"], parts["salts of Q"], of_pads = honest.pads.open_columns(pad_positions)
    parts["Merkle siblings"] = of_weights + of_witness + of_pads


class _Reached(Exception):
    def __init__(self, result: Any) -> None:
        super().__init__("reached")
        self.result = result


def _result(made: Setup, parts: Parts, vectors: Vectors | None, name: str) -> Any:
    """Run the verifier as far as one of its steps, and return what that step returns."""
    step = getattr(api, name)

    def stop(*arguments: Any) -> Any:
        raise _Reached(step(*arguments))

    with patch.object(api, name, stop):
        try:
            made.check(b"".join(parts.values()), vectors)
        except _Reached as reached:
            return reached.result
    raise AttributeError(f"the verifier accepted a proof without its step {name}")
