"""protocol.md, 7.0 to 7.10, as data: every message of a run in order, known before anything is sent."""

from collections.abc import Sequence
from math import prod

from zkinfer_verify.params.ledger import Parameters
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.transcript.schedule import Kind, Message

LEAST_ZEROS = 1 << 20


def zeros_length(layout: Layout) -> int:
    """Return how many zero bytes follow the roots, 7.1: more than the statement's network could hash inside itself."""
    return max(LEAST_ZEROS, -(-layout.num_products // 64) + layout.num_lookups + layout.num_vanish_entries)


def run_messages(
    statement: Statement,
    layout: Layout,
    reductions: Sequence[Message],
    num_products: int,
    parameters: Parameters,
    pad_rows: int,
) -> tuple[Message, ...]:
    """Return what a run's transcript absorbs; reductions: 7.2 to 7.7 and sigma, as a counting channel recorded them.

    The context's length is the only count that a proof decides.
    """
    queries, row, pad_row = parameters.num_queries, 1 << statement.row_vars, parameters.pad_row_length
    return (
        Message("statement", "profile", Kind.BYTES, len(statement.profile)),
        Message("statement", "statement", Kind.DIGEST, 1),
        *(Message("statement", "output", Kind.BYTES, 8 * prod(output.dims)) for output in statement.outputs),
        Message("statement", "context", Kind.BYTES, None),
        Message("prover", "root of A", Kind.DIGEST, 1),
        Message("prover", "root of Q", Kind.DIGEST, 1),
        Message("statement", "zeros", Kind.ZEROS, zeros_length(layout)),
        *reductions,
        Message("verifier", "opening theta", Kind.CHALLENGE, 1),
        Message("prover", "opening y", Kind.EXT, row + queries),
        Message("verifier", "pads rho", Kind.CHALLENGE, 1),
        Message("prover", "pads reveals", Kind.EXT, num_products),
        Message("verifier", "pads lambda", Kind.CHALLENGE, 1),
        Message("verifier", "pads mu", Kind.CHALLENGE, pad_rows + 2),
        Message("prover", "pads proximity", Kind.EXT, pad_row + queries),
        Message("prover", "pads linear", Kind.EXT, 2 * pad_row + queries),
        Message("verifier", "positions", Kind.POSITIONS, queries),
        Message("verifier", "positions of Q", Kind.POSITIONS, queries),
    )
