"""A run of the protocol as both sides see it: the prepared statement, the first and the last messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from zkinfer_verify.check.messages import zeros_length
from zkinfer_verify.check.opening import MASK_ROWS as OPENING_MASK_ROWS
from zkinfer_verify.check.pads import MASK_ROWS as PAD_MASK_ROWS
from zkinfer_verify.check.steps import Schedule, count_schedule
from zkinfer_verify.check.validity import check_statement
from zkinfer_verify.hashing.digest import encode_i64
from zkinfer_verify.params.profile import Profile, profile_named
from zkinfer_verify.proof.sizes import ProofSizes
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.transcript.transcript import Transcript


@dataclass(frozen=True)
class Prepared:
    """A statement that was checked, with everything that follows from it."""

    statement: Statement
    profile: Profile
    layout: Layout
    schedule: Schedule
    sizes: ProofSizes


@lru_cache(maxsize=16)
def prepare(statement: Statement, allow_toy: bool = False) -> Prepared:
    """Check a statement and derive its layout, schedule, parameters and proof sizes.

    Errors: UsageError when the statement is not sound or its profile is not to be used.
    """
    profile = profile_named(statement.profile, allow_toy=allow_toy)
    layout = Layout(statement)
    check_statement(statement, profile, layout)
    schedule = count_schedule(statement, layout, profile)
    parameters = schedule.parameters
    queries, row, pad_row = parameters.num_queries, 1 << statement.row_vars, parameters.pad_row_length
    sizes = ProofSizes(
        num_queries=queries,
        num_outputs=sum(prod(output.dims) for output in statement.outputs),
        num_scalars=schedule.num_scalars,
        num_reveals=len(schedule.products),
        y=row + queries,
        proximity=pad_row + queries,
        linear=2 * pad_row + queries,
        weight_width=statement.weight_rows,
        witness_width=statement.witness_rows + OPENING_MASK_ROWS,
        pad_width=schedule.pad_rows + PAD_MASK_ROWS,
        depth=parameters.code_length.bit_length() - 1,
        pad_depth=parameters.pad_code_length.bit_length() - 1,
    )
    return Prepared(statement, profile, layout, schedule, sizes)


def start_transcript(
    prepared: Prepared, outputs: Sequence[Sequence[int]], context: bytes, roots: tuple[bytes, bytes]
) -> Transcript:
    """Absorb protocol.md, 7.0 and 7.1: profile, statement, outputs, context, both roots, then the run of zeros."""
    st = prepared.statement
    transcript = Transcript.following(prepared.schedule.messages)
    transcript.absorb_bytes("profile", st.profile.encode())
    transcript.absorb_digest("statement", st.digest)
    for values in outputs:
        transcript.absorb_bytes("output", encode_i64(values))
    transcript.absorb_bytes("context", context)
    transcript.absorb_digest("root of A", roots[0], sender="prover")
    transcript.absorb_digest("root of Q", roots[1], sender="prover")
    transcript.absorb_zeros("zeros", zeros_length(prepared.layout))
    return transcript


def draw_positions(transcript: Transcript, prepared: Prepared) -> tuple[list[int], list[int]]:
    """Draw the positions of W and A, and those of Q: protocol.md, 7.10, the end of the run."""
    parameters = prepared.schedule.parameters
    shared = transcript.positions("positions", parameters.code_length, parameters.num_queries)
    of_pads = transcript.positions("positions of Q", parameters.pad_code_length, parameters.num_queries)
    transcript.finish()
    return shared, of_pads
