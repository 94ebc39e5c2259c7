"""Processes and threads that prove the same input share nothing: forked ones, and two threads of one process.

A child forked after the kernels had run found a pool without threads, and waited for ever.
"""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from attacks.networks import Setup, network, setup
from tests.zero_knowledge.views import view
from zkinfer.graph.graph import FullyConnected
from zkinfer.kernels import native
from zkinfer_verify.proof.decode import decode_proof

SECONDS = 60
CHILD_IS_FINE = 0


def made() -> tuple[Setup, np.ndarray]:
    """The standard profile: its kernels are large enough to use several threads."""
    graph, x = network(1, (2,), FullyConnected(np.array([[1, -2]])))
    return setup(graph, profile="standard"), x


def proved_in_a_child(ready: Setup, x: np.ndarray) -> bytes:
    """Fork, prove there, and return the proof's bytes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(SECONDS)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(ready.prove(ready.witness(x)).to_bytes())
        finally:
            os._exit(CHILD_IS_FINE)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    assert os.waitpid(child, 0)[1] == CHILD_IS_FINE, "the child did not end"
    return data


def assert_nothing_in_common(ready: Setup, *proofs: bytes) -> None:
    words: set[int] = set()
    for data in proofs:
        ready.check(data)
        shown = view(ready, decode_proof(ready.statement, ready.prepared.sizes, data))
        mine = {int(word) for part in shown.values() for word in part}
        assert len(mine) > 1000
        assert not words & mine
        words |= mine


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_proves_and_shares_nothing_with_its_parent() -> None:
    ready, x = made()
    native.add(np.ones(1 << 16, dtype=np.uint64), np.ones(1 << 16, dtype=np.uint64))  # the parent's threads run
    first_child = proved_in_a_child(ready, x)
    second_child = proved_in_a_child(ready, x)
    parent = ready.prove(ready.witness(x)).to_bytes()
    assert_nothing_in_common(ready, first_child, second_child, parent)


def test_two_threads_prove_at_once_and_share_nothing() -> None:
    ready, x = made()
    with ThreadPoolExecutor(2) as pool:
        proofs = list(pool.map(lambda _: ready.prove(ready.witness(x)).to_bytes(), range(2)))
    assert_nothing_in_common(ready, *proofs)
