"""What a run keeps of its secrets is zeros when the run is over, however it ends.

Watched through the kernels: what is encoded and hashed is what was committed, rows of A and Q, masks, codes.
"""

from typing import Any

import numpy as np
import pytest

from attacks.networks import CONTEXT, Setup, tiny
from tests.zero_knowledge.watching import WatchedKernels
from zkinfer import api
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.prove import prover
from zkinfer.prove.entropy import Entropy
from zkinfer_verify.errors import InternalError


class Stop(Exception):
    """Raised in the middle of a run."""


def run(made: Setup, kernels: WatchedKernels, entropy: Entropy, x: np.ndarray) -> Any:
    return prover.prove(
        made.prepared,
        made.weights,
        made.witness(x),
        CONTEXT,
        kernels=kernels.as_kernels(),
        vectors=KernelVectors(kernels.as_kernels()),
        entropy=entropy,
    )


def watched_entropy(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Note every array that is drawn or kept."""
    kept: list[np.ndarray] = []
    keep = Entropy.keep
    monkeypatch.setattr(Entropy, "keep", lambda self, secret: kept.append(secret) or keep(self, secret))
    return kept


def test_what_is_committed_is_zeros_after_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made, x = tiny()
    kept, kernels = watched_entropy(monkeypatch), WatchedKernels()
    run(made, kernels, Entropy.fresh(), x)
    committed = kernels.arrays("encode_rows_into") + kernels.arrays("hash_leaves", dtype=np.uint64)
    assert committed and kept
    assert not any(array.any() for array in committed + kept)
    pads = kept[0]
    assert pads.shape == (made.prepared.schedule.num_pads, 2)


def test_what_is_committed_is_zeros_wherever_a_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in each call of a kernel: each ends the run, and leaves nothing in what was committed."""
    made, x = tiny()
    whole = WatchedKernels()
    run(made, whole, Entropy.fresh(), x)
    kept = watched_entropy(monkeypatch)
    for call in range(1, len(whole.calls) + 1):
        kernels = WatchedKernels(stop_at=call, stop_with=Stop())
        with pytest.raises(Stop):
            run(made, kernels, Entropy.fresh(), x)
        left = kernels.arrays("encode_rows_into") + kernels.arrays("hash_leaves", dtype=np.uint64) + kept
        assert left
        assert not any(array.any() for array in left), f"after {whole.calls[call - 1]}, call {call}"
        kept.clear()


def test_the_public_function_wipes_the_witness_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made, x = tiny()
    keys = api.Keys(made.program, made.lowered, made.weights)
    seen: list[np.ndarray] = []

    def stop(prepared: object, weights: object, witness: Any, *_: object, **__: object) -> None:
        seen.append(witness.rows)
        assert witness.rows.any()
        raise Stop

    monkeypatch.setattr(api, "prove_witness", stop)
    with pytest.raises(Stop):
        api.prove(keys, x, allow_toy=True)
    assert len(seen) == 1 and not seen[0].any()


def test_entropy_serves_one_proof() -> None:
    made, x = tiny()
    entropy, kernels = Entropy.fresh(), WatchedKernels()
    run(made, kernels, entropy, x)
    with pytest.raises(InternalError, match="after it was wiped"):
        run(made, kernels, entropy, x)
    with pytest.raises(InternalError, match="after it was wiped"):
        entropy.elements(1)
    with pytest.raises(InternalError, match="after it was wiped"):
        entropy.bind(b"")
