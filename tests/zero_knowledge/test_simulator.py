"""The simulator makes accepted proofs without a witness, and nothing tells them from the prover's.

It may program the oracle, which no prover can: so it succeeds for false outputs too, and an honest oracle rejects all.
"""

import itertools
from collections.abc import Callable, Iterator
from random import Random

import numpy as np
import pytest

from attacks.networks import Setup, integers, mixed, network, setup, tiny
from simulator.oracle import answered, programmed
from simulator.simulate import Simulation, simulate
from tests.oracle.production import make_case, networks
from tests.zero_knowledge.uniformity import against_each_other, against_uniform, surprising
from tests.zero_knowledge.views import FIXED, samples, view
from zkinfer.graph.graph import FullyConnected, Relu
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.witness import Witness
from zkinfer.prove.commit import Committed
from zkinfer_verify.api import verify
from zkinfer_verify.check.run import Prepared
from zkinfer_verify.errors import ProofError

CONTEXT = b"a context"
DRAW = np.random.default_rng(4)
SMALL = networks(lambda *shape: DRAW.integers(-3, 4, shape))


def simulated(
    prepared: Prepared,
    committed: Committed,
    outputs: tuple[tuple[int, ...], ...],
    seed: object,
    challenges: Iterator[bytes] | None = None,
) -> Simulation:
    """Simulate with fixed coins: the witness is nowhere among the arguments."""
    return simulate(
        prepared,
        outputs,
        CONTEXT,
        committed.open_columns,
        coins=Random(repr(seed)),
        vectors=KernelVectors(native),
        challenges=challenges,
    )


def assert_accepted_when_programmed_only(prepared: Prepared, simulation: Simulation) -> None:
    data = simulation.proof.to_bytes()
    with programmed(simulation.program):
        outputs = verify(prepared.statement, data, context=CONTEXT, allow_toy=True)
    assert outputs.tensors[0].integers == simulation.proof.outputs[0]
    with pytest.raises(ProofError, match="a constraint on pads does not hold"):
        verify(prepared.statement, data, context=CONTEXT, allow_toy=True)


@pytest.mark.parametrize("name", SMALL)
def test_every_kind_of_network_is_simulated_for_true_and_false_outputs(name: str) -> None:
    """The networks that hold the prover to the slow definition: every relation, access and layout."""
    shape, layers = SMALL[name]
    case = make_case(shape, layers, DRAW.integers(-5, 5, shape), native)
    (true,), bound = case.witness.outputs, case.statement.outputs[0].bound
    false = (bound if true[0] != bound else bound - 1, *true[1:])
    assert bound > 0
    for outputs in ((true,), (false,)):
        simulation = simulated(case.prepared, case.weights.committed, outputs, name)
        assert_accepted_when_programmed_only(case.prepared, simulation)


def test_the_standard_profile_is_simulated_for_true_and_false_outputs() -> None:
    graph, x = network(5, (3,), FullyConnected(integers(1, 3, 3)), Relu(), FullyConnected(integers(2, 2, 3)))
    made = setup(graph, profile="standard")
    (true,) = made.witness(x).outputs
    for outputs in ((true,), (tuple(value + 1 for value in true),)):
        simulation = simulated(made.prepared, made.weights.committed, outputs, 1)
        assert_accepted_when_programmed_only(made.prepared, simulation)


def test_outputs_beyond_their_bound_are_not_simulated() -> None:
    """The public checks are nobody's to program."""
    made, _ = tiny()
    bound = made.statement.outputs[0].bound
    with pytest.raises(ProofError, match="beyond its declared bound"):
        simulated(made.prepared, made.weights.committed, ((bound + 1,),), 1)


def test_a_simulation_is_accepted_under_its_own_program_only() -> None:
    made, x = tiny()
    first, second = (simulated(made.prepared, made.weights.committed, made.witness(x).outputs, k) for k in (1, 2))
    assert not set(first.program) & set(second.program)
    with programmed(first.program), pytest.raises(ProofError):
        made.check(second.proof.to_bytes())


# -- against the prover, challenges and positions fixed ----------------------------------------------------------------


def fixed_challenges(seed: object) -> Iterator[bytes]:
    """Points of an oracle's answers, one after the other, the same for each who asks."""
    coins = Random(repr(seed))
    return (coins.randbytes(32) for _ in itertools.count())


def in_turn(seed: object) -> Callable[[bytes], bytes]:
    """Answer the k-th new state with the k-th point: a verifier that has chosen everything beforehand."""
    points, known = fixed_challenges(seed), dict[bytes, bytes]()

    def answer(state: bytes) -> bytes:
        if state not in known:
            known[state] = next(points)
        return known[state]

    return answer


def prove_fixed(made: Setup, witness: Witness, seed: object) -> dict[str, np.ndarray]:
    """What a proof shows if the verifier has chosen its challenges."""
    assert made.prepared  # the schedule is counted on a transcript, which shall not use up answers
    with answered(in_turn("fixed")):
        return view(made, made.prove(witness, repr(seed).encode()))


@pytest.mark.parametrize(("make", "count"), [(tiny, 24), (mixed, 8)])
def test_no_statistic_tells_simulated_from_proved(make: Callable[[], tuple[Setup, np.ndarray]], count: int) -> None:
    """For fixed challenges and positions: same lengths, and section by section the same distribution, uniform."""
    made, x = make()
    witness = made.witness(x)
    real = [prove_fixed(made, witness, k) for k in range(count)]
    simulations = (
        simulated(made.prepared, made.weights.committed, witness.outputs, k, fixed_challenges("fixed"))
        for k in range(count)
    )
    made_up = [view(made, simulation.proof) for simulation in simulations]
    # With the positions fixed even the siblings are as many.
    assert len({tuple((name, len(part)) for name, part in one.items()) for one in real + made_up}) == 1
    first, second = samples(real), samples(made_up)
    scores = {}
    for part in FIXED:
        for what, score in against_each_other(first[part], second[part]).items():
            scores[f"{part}: {what}"] = score
        for name, sample in (("proved", first), ("simulated", second)):
            for what, score in against_uniform(sample[part]).items():
                scores[f"{part}, {name}: {what}"] = score
    assert not surprising(scores)
