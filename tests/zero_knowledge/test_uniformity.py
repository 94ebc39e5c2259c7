"""Many proofs by the prover of one input and of another: every part uniform, nothing repeated, no part tells which.

By default few proofs, with fixed seeds: a change is judged by what it changed. `make statistics` sets PROOFS, and then
there are as many, with fresh randomness.
"""

import os
from functools import cache

import numpy as np
import pytest

from attacks.networks import Setup, network, setup
from tests.zero_knowledge.uniformity import against_each_other, against_uniform, surprising
from tests.zero_knowledge.views import FIXED, Words, samples, view
from zkinfer.graph.graph import FullyConnected, Relu
from zkinfer.prove import prover
from zkinfer.prove.pads import draw_pads
from zkinfer_verify.field.prime import P

PROOFS = int(os.environ.get("PROOFS", "0"))
"""How many proofs of each input by a long run; 0 for the short one."""
COUNTS = {"toy": PROOFS or 32, "standard": PROOFS or 12}
INPUTS = {"zero": (0, 0, 0), "extreme": (-128, 127, -128)}


@cache
def made(profile: str) -> Setup:
    """A network with lookups, a vanish and two contractions whose output is 3 for both inputs."""
    weights, bias = np.array([[0, 0, 0], [1, -1, 0]]), np.array([3, 0])
    graph, _ = network(1, (3,), FullyConnected(weights, bias), Relu(), FullyConnected(np.array([[1, 0]])))
    return setup(graph, profile=profile, input_range=(-128, 127))


@cache
def views(profile: str, name: str) -> list[dict[str, Words]]:
    """What many proofs of one input show."""
    ready = made(profile)
    witness = ready.witness(np.array(INPUTS[name]))
    assert witness.outputs == ((3,),)
    seeds = (None if PROOFS else f"{profile} {name} {k}".encode() for k in range(COUNTS[profile]))
    return [view(ready, ready.prove(witness, seed)) for seed in seeds]


@pytest.mark.parametrize("profile", COUNTS)
@pytest.mark.parametrize("name", INPUTS)
def test_every_part_is_uniform(profile: str, name: str) -> None:
    sample = samples(views(profile, name))
    scores = {f"{part}: {what}": score for part in FIXED for what, score in against_uniform(sample[part]).items()}
    assert not surprising(scores)


@pytest.mark.parametrize("profile", COUNTS)
def test_no_part_tells_which_input_was_proved(profile: str) -> None:
    first, second = (samples(views(profile, name)) for name in INPUTS)
    scores = {
        f"{part}: {what}": score
        for part in FIXED
        for what, score in against_each_other(first[part], second[part]).items()
    }
    assert not surprising(scores)


@pytest.mark.parametrize("profile", COUNTS)
def test_no_word_is_ever_repeated(profile: str) -> None:
    """Among n words a pair is equal by chance with probability n^2 / 2^65: for 2^20 words, 2^-25."""
    shown = [part for name in INPUTS for one in views(profile, name) for part in one.values()]
    words = np.concatenate(shown)
    assert len(np.unique(words)) == len(words)
    assert len(words) > 10_000


def test_the_statistics_see_what_is_not_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With pads of 63 bits they say so."""

    def short_pads(*args: object) -> np.ndarray:
        return draw_pads(*args) >> np.uint64(1)  # type: ignore[arg-type]

    ready = made("toy")
    witness = ready.witness(np.array(INPUTS["extreme"]))
    monkeypatch.setattr(prover, "draw_pads", short_pads)
    shown = samples(view(ready, ready.prove(witness, bytes([k]))) for k in range(40))
    assert surprising(against_uniform(shown["scalars"]))


def test_the_statistics_see_a_mean_a_repetition_and_a_dependence() -> None:
    random = np.random.default_rng(1)
    fair = random.integers(0, P, (64, 100), dtype=np.uint64)
    assert not surprising(against_uniform(fair))
    small, again, ordered = fair // np.uint64(2), fair.copy(), np.sort(fair, axis=1)
    again[1::2] = again[0::2]
    for bad in (small, again, ordered):
        assert surprising(against_uniform(bad))
    assert surprising(against_each_other(fair, small))
    other = random.integers(0, P, (64, 100), dtype=np.uint64)
    assert not surprising(against_each_other(fair, other))
