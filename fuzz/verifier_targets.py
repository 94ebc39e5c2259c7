"""The verifier's readers: statements, proofs, and what is shown of them."""

from collections.abc import Sequence
from functools import cache
from random import Random

from attacks.classes.a18_function_values import squaring
from attacks.networks import Setup, mixed, tiny
from campaigns.mutations import Source, mutate
from fuzz.mutate import mutate_bytes, mutate_value
from fuzz.target import ACCEPTED, ROOT, Finding, Target
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.explain import explain_statement
from zkinfer_verify.proof.decode import decode_proof
from zkinfer_verify.statement.statement import Statement

FROZEN = ROOT.parent / "vectors/proofs/v1/statement.zks"
KEPT_LENGTH = 1 << 15


def _statements() -> Sequence[bytes]:
    made = (tiny()[0], mixed()[0], squaring())
    return [FROZEN.read_bytes(), *(one.statement.to_bytes() for one in made)]


def _mutate_statement(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change fields three times in four, else bytes. A statement that grew too long to be tried often starts again."""
    try:
        statement = Statement.from_bytes(data if len(data) <= KEPT_LENGTH else others[0])
    except UsageError:
        return mutate_bytes(draw, data, others)
    if draw.randrange(4) == 0:
        return mutate_bytes(draw, data, others)
    for _ in range(draw.choice([1, 1, 2, 3])):
        statement = mutate_value(draw, Statement, statement)
    return statement.to_bytes()


def _run_statement(data: bytes) -> str:
    try:
        statement = Statement.from_bytes(data)
        if statement.to_bytes() != data:
            raise Finding("a statement has a second encoding")
        # Not the cached function: a statement of its own each time.
        prepare.__wrapped__(statement, allow_toy=True)
    except UsageError as error:
        return str(error)
    explain_statement(statement)
    return ACCEPTED


@cache
def _proved() -> tuple[Setup, tuple[bytes, ...], tuple[dict[str, bytes], ...]]:
    made, x = tiny()
    proofs = [made.prove(made.witness(x), b"fuzz %d" % k, context) for k, context in enumerate((b"", b"a", b"b"))]
    return made, tuple(proof.to_bytes() for proof in proofs), tuple(dict(proof.sections()) for proof in proofs)


def _mutate_proof(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change an honest proof by its parts, or any input by its bytes."""
    made, _, parts = _proved()
    if draw.randrange(3) == 0:
        return mutate_bytes(draw, data, others)
    mine, other = draw.sample(parts, 2)
    changed = dict(mine)
    source = Source(other, made.prepared.sizes.num_queries, made.statement.outputs[0].bound)
    mutate(draw, changed, source)
    return b"".join(changed.values())


def _run_proof(data: bytes) -> str:
    made, honest, _ = _proved()
    try:
        decoded = decode_proof(made.statement, made.prepared.sizes, data)
        if decoded.to_bytes() != data:
            raise Finding("a proof has a second encoding")
        made.check(data)
    except ProofError as error:
        return str(error)
    if data not in honest:
        raise Finding("a proof was accepted that no honest prover made")
    return ACCEPTED


STATEMENT = Target("statement", _statements, _mutate_statement, _run_statement)
PROOF = Target("proof", lambda: _proved()[1], _mutate_proof, _run_proof)
