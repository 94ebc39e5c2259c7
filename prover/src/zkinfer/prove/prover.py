"""Statement + witness -> proof: the protocol's steps in order.

The prover sends a step, then runs the verifier's own reduction on what it has just sent: that yields the claims for the
opening and the constraints on pads, and everything that touches the witness stays here.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels.kernels import Kernels
from zkinfer.program.hidden import Hidden
from zkinfer.program.witness import Witness
from zkinfer.prove.commit import Committed, commit_rows
from zkinfer.prove.contraction import prove_contraction
from zkinfer.prove.echo import Echo
from zkinfer.prove.entropy import Entropy, digest_rows
from zkinfer.prove.folding import prove_folding
from zkinfer.prove.forms import Tables, ext_add
from zkinfer.prove.lookup import prove_lookups
from zkinfer.prove.pads import commit_pads, draw_pads, pad_vectors, reveal_products
from zkinfer.prove.sender import Sender
from zkinfer.prove.vanish import prove_vanish
from zkinfer.prove.weights import Weights
from zkinfer_verify.check.affine import check_affine
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.contraction import check_contraction
from zkinfer_verify.check.folding import check_folding
from zkinfer_verify.check.lookup import check_lookups
from zkinfer_verify.check.opening import MASK_ROWS, check_opening_value
from zkinfer_verify.check.padding import check_padding
from zkinfer_verify.check.pads import check_products, draw_pad_test
from zkinfer_verify.check.run import Prepared, draw_positions, start_transcript
from zkinfer_verify.check.steps import Reduced
from zkinfer_verify.check.vanish import check_vanish
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.hashing.digest import LEAF_WITNESS
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.column import Oracle

Step = Callable[[str], AbstractContextManager[None]]
"""Marks the beginning and end of a named step, for progress and timings."""


def no_steps(_: str) -> AbstractContextManager[None]:
    """Mark nothing."""
    return nullcontext()


@dataclass(frozen=True, repr=False)
class _WitnessOracle(Hidden):
    """A: its polynomials (witness_rows, K + b), the mask row N over E, (K + b, 2), and the committed code."""

    polynomials: NDArray[np.uint64]
    mask: NDArray[np.uint64]
    committed: Committed


def prove(
    prepared: Prepared,
    weights: Weights,
    witness: Witness,
    context: bytes,
    *,
    kernels: Kernels,
    vectors: Vectors,
    entropy: Entropy,
    step: Step = no_steps,
) -> Proof:
    """Prove a witness of a prepared statement: protocol.md, 7.0 to 7.10.

    The witness is believed: a wrong one yields a proof that is rejected, or InternalError where the prover notices; it
    stays the caller's. The entropy serves one proof: it is wiped, with what was made of it, also when something raises.
    """
    try:
        return _prove(prepared, weights, witness, context, kernels, vectors, entropy, step)
    finally:
        entropy.wipe()


def _prove(
    prepared: Prepared,
    weights: Weights,
    witness: Witness,
    context: bytes,
    kernels: Kernels,
    vectors: Vectors,
    entropy: Entropy,
    step: Step,
) -> Proof:
    schedule = prepared.schedule
    entropy.bind(prepared.statement.digest, repr(witness.outputs).encode(), context, digest_rows(witness.rows))
    pads = draw_pads(entropy, schedule)
    with step("commit"):
        oracle = _commit_witness(prepared, witness.rows, kernels, entropy)
        pad_oracle = commit_pads(kernels, entropy, schedule, pads)
    roots = (oracle.committed.root, pad_oracle.committed.root)
    transcript = start_transcript(prepared, witness.outputs, context, roots)
    tx = Sender(transcript, pads, schedule.scalar_pads)
    ch = Channel(echo := Echo(tx), tx.sent, vectors)
    red = Reduction(ch, prepared.statement, witness.outputs)
    tables = Tables(kernels, prepared.statement, witness.rows, weights.blocks)
    for name, send_and_reduce in _relation_steps(prepared, tx, red, tables, vectors):
        with step(name):
            send_and_reduce()
            _agree(echo, name)
    with step("folding"):
        point, of_weights = prove_folding(tx, tables, red.claims)
        folded = check_folding(red)
    with step("opening"):
        tx.send("opening sigma", kernels.dot(oracle.mask[: 1 << len(point)], kernels.eq_table(point)))
        reduced = Reduced(folded, ch.scalar("opening sigma"))
        _agree(echo, "opening")
        ch.finish()
        ch.transcript = transcript
        theta = ch.challenge("opening theta")
        y = _opening_vector(kernels, oracle, folded.coefficients, of_weights, theta)
        transcript.absorb_ext_bytes("opening y", y)
        check_opening_value(ch, reduced, theta, y)
    with step("pads"):
        rho = ch.challenge("pads rho")
        reveals = reveal_products(ch, pads, rho)
        transcript.absorb_ext("pads reveals", reveals)
        check_products(ch, rho, reveals)
        test = draw_pad_test(ch, schedule)
        proximity, linear = (_encode(vector) for vector in pad_vectors(kernels, pad_oracle, schedule, test))
        transcript.absorb_ext_bytes("pads proximity", proximity)
        transcript.absorb_ext_bytes("pads linear", linear)
    with step("open columns"):
        positions, pad_positions = draw_positions(transcript, prepared)
        columns_weights, _, siblings_weights = weights.committed.open_columns(positions)
        columns_witness, salts_witness, siblings_witness = oracle.committed.open_columns(positions)
        columns_pads, salts_pads, siblings_pads = pad_oracle.committed.open_columns(pad_positions)
    return Proof(
        statement_digest=prepared.statement.digest,
        context=context,
        outputs=witness.outputs,
        root_witness=roots[0],
        root_pads=roots[1],
        scalars=tuple(tx.sent),
        y=y,
        reveals=tuple(reveals),
        proximity=proximity,
        linear=linear,
        columns_weights=columns_weights,
        columns_witness=columns_witness,
        salts_witness=salts_witness,
        columns_pads=columns_pads,
        salts_pads=salts_pads,
        siblings=siblings_weights + siblings_witness + siblings_pads,
    )


def _relation_steps(
    prepared: Prepared, tx: Sender, red: Reduction, tables: Tables, vectors: Vectors
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield 7.2 to 7.6: each sends its messages, then reduces them. The order is that of `reduce_relations`."""
    statement, layout, kernels = prepared.statement, prepared.layout, tables.kernels

    def lookups() -> None:
        prove_lookups(tx, kernels, statement, layout, tables.rows)
        check_lookups(red, layout)

    def vanishes() -> None:
        for index, vanish in enumerate(statement.vanishes):
            prove_vanish(tx, tables, index, vanish)
            check_vanish(red, index, vanish)

    def contractions() -> None:
        for index, contraction in enumerate(statement.contractions):
            prove_contraction(tx, tables, vectors, index, contraction)
            check_contraction(red, index, contraction)

    def affines() -> None:
        """Send protocol.md, 7.5."""
        for index, affine in enumerate(statement.affines):
            name = f"affine {index}"
            point = tx.point(f"{name} point", sum(map(num_bits, affine.form.dims)))
            tables.send_form(tx, f"{name} form", affine.form, point)
            check_affine(red, index, affine)

    def padding() -> None:
        """Draw what protocol.md, 7.6 draws; nothing is sent."""
        for _, rows in layout.padding_groups:
            tx.point("padding eta", num_bits(len(rows)))
            tx.point("padding zeta", statement.row_vars)
        check_padding(red, layout)

    yield "lookups", lookups
    yield "zero-checks", vanishes
    yield "contractions", contractions
    yield "affine", affines
    yield "padding", padding


def _agree(echo: Echo, step: str) -> None:
    """The reductions read all that the prover sent."""
    if not echo.is_level:
        raise InternalError(f"prover and reductions part in step {step!r}")


def _commit_witness(prepared: Prepared, rows: NDArray[np.uint64], kernels: Kernels, entropy: Entropy) -> _WitnessOracle:
    """Append b random coefficients to every row, draw the mask row, commit."""
    parameters = prepared.schedule.parameters
    queries = parameters.num_queries
    count, size = rows.shape
    committed_rows = entropy.keep(np.empty((count + MASK_ROWS, size + queries), dtype=np.uint64))
    committed_rows[:count, :size] = rows
    committed_rows[:count, size:] = entropy.elements(count, queries)
    mask = entropy.elements(size + queries, 2)
    committed_rows[count:] = mask.T
    salts = entropy.salts(parameters.code_length)
    committed = commit_rows(kernels, LEAF_WITNESS, committed_rows, parameters.code_length, salts)
    entropy.keep(committed.code)
    return _WitnessOracle(committed_rows[:count], mask, committed)


def _opening_vector(
    kernels: Kernels,
    oracle: _WitnessOracle,
    coefficients: dict[tuple[Oracle, int], Ext],
    of_weights: NDArray[np.uint64],
    theta: Ext,
) -> bytes:
    """Return y = N + theta * sum_i a_i f_i, encoded: protocol.md, 7.8.

    of_weights: the sum over rows of W, (K, 2), which folding has computed; these rows have no random coefficients.
    """
    of_witness = [theta * coefficients.get((Oracle.WITNESS, row), ZERO) for row in range(len(oracle.polynomials))]
    y = ext_add(kernels, oracle.mask, kernels.combine_rows(oracle.polynomials, np.array(of_witness, dtype=np.uint64)))
    size = len(of_weights)
    y[:size] = ext_add(kernels, np.ascontiguousarray(y[:size]), kernels.ext_scale(of_weights, theta))
    return _encode(y)


def _encode(vector: NDArray[np.uint64]) -> bytes:
    return np.ascontiguousarray(vector, dtype="<u8").tobytes()
