"""verify: the one public function of this package."""

from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.merkle_openings import check_openings
from zkinfer_verify.check.opening import check_opened_columns, check_opening_value
from zkinfer_verify.check.pads import check_linear_target, check_pad_columns, check_products, draw_pad_test
from zkinfer_verify.check.run import Prepared, draw_positions, prepare, start_transcript
from zkinfer_verify.check.steps import reduce_all
from zkinfer_verify.errors import ProofError
from zkinfer_verify.poly.reed_solomon import coset_points
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.decode import decode_proof
from zkinfer_verify.proof.outputs import Outputs, outputs_of
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.statement import Statement


def verify(
    statement: Statement,
    proof: bytes,
    *,
    context: bytes | None = None,
    expect: bytes | None = None,
    allow_toy: bool = False,
    vectors: Vectors | None = None,
) -> Outputs:
    """Check a proof and return what it tells; an accepted proof returns, everything else raises.

    context: compared with the context that the proof is bound to, if given; expect: the digest that the statement must
    have, if given; allow_toy: accept the profile without soundness, for tests; vectors: faster loops over data.
    Errors: ProofError when the proof is rejected, naming the check; UsageError when the statement cannot be used.
    """
    if expect is not None and expect != statement.digest:
        raise ProofError(f"statement has digest {statement.digest.hex()}, expected {expect.hex()}")
    prepared = prepare(statement, allow_toy)
    decoded = decode_proof(statement, prepared.sizes, proof)
    if context is not None and context != decoded.context:
        raise ProofError("proof is bound to another context")
    check_proof(prepared, decoded, vectors or Vectors())
    return outputs_of(statement, decoded.outputs, decoded.context)


def check_proof(prepared: Prepared, proof: Proof, vectors: Vectors) -> None:
    """Run the protocol as the verifier, 7.0 to 7.10 in order, and check what protocol.md, 7.11 lists.

    Errors: ProofError naming the check that failed.
    """
    st, schedule = prepared.statement, prepared.schedule
    for public, values in zip(st.outputs, proof.outputs, strict=True):
        if any(abs(value) > public.bound for value in values):
            raise ProofError(f"output {public.name} holds an integer beyond its declared bound {public.bound}")
    transcript = start_transcript(prepared, proof.outputs, proof.context, (proof.root_witness, proof.root_pads))
    ch = Channel(transcript, proof.scalars, vectors)
    reduced = reduce_all(Reduction(ch, st, proof.outputs), prepared.layout)
    ch.finish()

    theta = ch.challenge("opening theta")
    transcript.absorb_ext_bytes("opening y", proof.y)
    check_opening_value(ch, reduced, theta, proof.y)
    rho = ch.challenge("pads rho")
    transcript.absorb_ext("pads reveals", proof.reveals)
    check_products(ch, rho, proof.reveals)
    test = draw_pad_test(ch, schedule)
    transcript.absorb_ext_bytes("pads proximity", proof.proximity)
    transcript.absorb_ext_bytes("pads linear", proof.linear)
    positions, pad_positions = draw_positions(transcript, prepared)

    check_linear_target(test, schedule, proof.linear)
    check_openings(vectors, prepared, proof, positions, pad_positions)
    points = coset_points(schedule.parameters.code_length, positions)
    columns = (proof.columns_weights, proof.columns_witness)
    check_opened_columns(ch, st, reduced.folded.coefficients, theta, proof.y, points, columns)
    pad_points = coset_points(schedule.parameters.pad_code_length, pad_positions)
    check_pad_columns(ch, schedule, test, (proof.proximity, proof.linear), pad_points, proof.columns_pads)
