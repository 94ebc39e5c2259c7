"""A proof says one thing only: nothing of it serves for another statement, output, context, input or proof."""

from dataclasses import replace

import numpy as np
import pytest

from attacks.networks import CONTEXT, Setup, mixed, network, setup, tiny
from zkinfer.graph.graph import FullyConnected
from zkinfer.program.lower import Plan
from zkinfer_verify.api import verify
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.field.prime import P
from zkinfer_verify.proof.proof import Proof


def rejected(made: Setup, data: bytes, match: str) -> None:
    with pytest.raises(ProofError, match=match):
        made.check(data)


@pytest.fixture(scope="module")
def two():
    """Two proofs of one statement, with the same input."""
    made, x = mixed()
    return made, made.prove(made.witness(x)), made.prove(made.witness(x))


@pytest.fixture(scope="module")
def other_run():
    """A proof of the same statement with another input, so another output."""
    made, x = mixed()
    return made.prove(made.witness(np.where(x > 0, x - 1, x + 1)))


def test_rejects_a_context_when_the_proof_is_bound_to_another(two):
    made, proof, _ = two
    assert verify(made.statement, proof.to_bytes(), context=CONTEXT, allow_toy=True).context == CONTEXT
    for other in (b"", CONTEXT + b"\0", CONTEXT[:-1], b"A context"):
        with pytest.raises(ProofError, match="bound to another context"):
            verify(made.statement, proof.to_bytes(), context=other, allow_toy=True)


@pytest.mark.parametrize("other", [b"", CONTEXT + b"\0", b"B" + CONTEXT[1:]])
def test_rejects_a_proof_when_its_context_is_replaced(two, other):
    made, proof, _ = two
    rejected(made, replace(proof, context=other).to_bytes(), "constraint on pads")


def test_rejects_a_statement_when_another_digest_is_expected(two):
    made, proof, _ = two
    verify(made.statement, proof.to_bytes(), expect=made.statement.digest, allow_toy=True)
    with pytest.raises(ProofError, match="expected"):
        verify(made.statement, proof.to_bytes(), expect=bytes(32), allow_toy=True)


@pytest.mark.parametrize("delta", [1, -1, 2**32])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_rejects_a_proof_when_its_output_is_replaced(two, index, delta):
    made, proof, _ = two
    (outputs,) = proof.outputs
    changed = tuple(v + delta * (k == index) for k, v in enumerate(outputs))
    match = "constraint on pads" if abs(delta) == 1 else "beyond its declared bound"
    rejected(made, replace(proof, outputs=(changed,)).to_bytes(), match)


def test_rejects_a_proof_when_it_carries_the_outputs_of_another_run(two, other_run):
    made, proof, _ = two
    assert proof.outputs != other_run.outputs
    rejected(made, replace(proof, outputs=other_run.outputs).to_bytes(), "constraint on pads")


@pytest.mark.parametrize("side", [1, -1])
def test_rejects_an_output_when_it_is_beyond_its_bound(two, side):
    made, proof, _ = two
    bound = made.statement.outputs[0].bound
    for value in (side * (bound + 1), side * (2**63 - 1), -(2**63)):
        rejected(made, replace(proof, outputs=((value, 0, 0),)).to_bytes(), f"beyond its declared bound {bound}")
    rejected(made, replace(proof, outputs=((side * bound, 0, 0),)).to_bytes(), "constraint on pads")


def test_outputs_have_one_encoding():
    """An output v and v + p, or v - p, never both lie within the bound: it is under p/2."""
    made, _ = mixed()
    assert made.statement.outputs[0].bound < P // 2


PARTS = [
    "root_witness",
    "root_pads",
    "scalars",
    "y",
    "reveals",
    "proximity",
    "linear",
    "columns_witness",
    "salts_witness",
    "columns_pads",
    "salts_pads",
    "siblings",
]


@pytest.mark.parametrize("part", PARTS)
def test_rejects_a_proof_when_a_part_comes_from_another_proof(two, other_run, part):
    made, proof, again = two
    for source in (again, other_run):
        assert getattr(source, part) != getattr(proof, part)
        with pytest.raises(ProofError):
            made.check(replace(proof, **{part: getattr(source, part)}).to_bytes())


GROUPS = {
    "everything of A": ("root_witness", "columns_witness", "salts_witness"),
    "everything of Q": ("root_pads", "columns_pads", "salts_pads", "proximity", "linear"),
    "everything but the outputs": tuple(PARTS),
    "everything but both roots": tuple(PARTS[2:]),
    "scalars and reveals": ("scalars", "reveals"),
}


@pytest.mark.parametrize("group", GROUPS)
def test_rejects_a_proof_when_parts_that_belong_together_come_from_another_run(two, other_run, group):
    made, proof, _ = two
    with pytest.raises(ProofError):
        made.check(replace(proof, **{part: getattr(other_run, part) for part in GROUPS[group]}).to_bytes())


def other_models() -> dict[str, Setup]:
    """Networks that differ from `tiny` in one point each."""
    graph = tiny()[0].graph
    op = graph.nodes[0].op
    plan = Plan(4, 4, frozenset())

    def built(op: FullyConnected, input_range: tuple[int, int] = (-2, 1)) -> Setup:
        return setup(network(0, (2,), op)[0], plan=plan, input_range=input_range)

    return {
        "another weight": built(FullyConnected(op.weights + np.array([[1, 0]]), op.bias)),
        "another bias": built(FullyConnected(op.weights, op.bias + 1)),
        "exchanged weights": built(FullyConnected(np.roll(op.weights, 1, axis=1) + np.array([[0, 1]]), op.bias)),
        "another input range": built(op, (-2, 2)),
    }


@pytest.mark.parametrize("name", other_models())
def test_rejects_a_proof_when_it_is_of_another_model(name):
    made, x = tiny()
    proof, other = made.prove(made.witness(x)), other_models()[name]
    assert other.statement.digest != made.statement.digest
    rejected(other, proof.to_bytes(), "of another statement")
    # With the digest replaced as well, whatever is left of the check must hold.
    with pytest.raises(ProofError):
        other.check(replace(proof, statement_digest=other.statement.digest).to_bytes())


@pytest.mark.parametrize("name", ["model_id", "weight_root"])
def test_rejects_a_proof_when_the_statement_differs_in(name):
    made, x = tiny()
    proof: Proof = made.prove(made.witness(x))
    statement = replace(made.statement, **{name: b"\1" * 32})
    with pytest.raises(ProofError, match="of another statement"):
        verify(statement, proof.to_bytes(), allow_toy=True)
    with pytest.raises(ProofError):
        verify(statement, replace(proof, statement_digest=statement.digest).to_bytes(), allow_toy=True)


def test_rejects_the_toy_profile_unless_it_is_named():
    made, x = tiny()
    data = made.prove(made.witness(x)).to_bytes()
    with pytest.raises(UsageError, match="toy"):
        verify(made.statement, data)
