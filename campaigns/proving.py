"""What completeness asks of an honest case: it is proved and accepted, and shows what the network gives."""

from collections.abc import Callable, Sequence

from attacks.networks import Made
from campaigns.campaign import CaseFailed, Tally
from zkinfer.program.witness import Witness
from zkinfer_verify.api import verify
from zkinfer_verify.proof.proof import Proof

PROFILES = {"toy": 95, "standard": 4, "small": 1}


def prove_honestly(
    made: Made,
    witness: Callable[[], Witness],
    expected: Sequence[Sequence[int]],
    evidence: dict[str, bytes],
    tally: Tally,
) -> Proof:
    """Prove a witness, verify the proof in plain Python, and compare the outputs with the expected ones.

    evidence: the files that show the case; the proof joins them.
    Errors: CaseFailed when prover or verifier refuse, or the outputs are others.
    """
    try:
        proof = made.prove(witness())
        evidence["proof.zkp"] = proof.to_bytes()
        found = verify(made.statement, evidence["proof.zkp"], allow_toy=True)
    except Exception as error:
        raise CaseFailed(f"an honest case ended in {type(error).__name__}: {error}", evidence) from error
    shown = [list(tensor.integers) for tensor in found.tensors]
    if shown != [list(values) for values in expected]:
        raise CaseFailed(f"outputs {shown} are proved, the network gives {expected}", evidence)
    tally.count("outcome", "proved and accepted, outputs as executed")
    _measure(made, evidence["proof.zkp"], tally)
    return proof


def _measure(made: Made, data: bytes, tally: Tally) -> None:
    statement = made.statement
    tally.count("profile", statement.profile)
    tally.measure("products of all contractions", made.prepared.layout.num_products)
    tally.measure("rows of W", statement.weight_rows)
    tally.measure("rows of A", statement.witness_rows)
    tally.measure("bytes of the proof", len(data))
    for relation in (*statement.vanishes, *statement.contractions, *statement.affines):
        tally.count("relation", type(relation).__name__)
