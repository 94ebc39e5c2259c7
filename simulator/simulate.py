"""The simulator of docs/security/zero-knowledge.md, step by step: a proof without a witness.

It is given what everybody has (statement, outputs, context, the model's columns of W) and the random oracle to program.
That it works, for true outputs and for false ones, is why a proof shows nothing else. It uses the verifier's own
reductions and nothing of the prover.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from simulator.oracle import Program, answered
from simulator.tree import simulate_tree
from zkinfer_verify.api import check_proof
from zkinfer_verify.check.claims import Channel
from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.check.opening import check_opening_value
from zkinfer_verify.check.pads import PadTest, check_products, draw_pad_test
from zkinfer_verify.check.run import Prepared, draw_positions, start_transcript
from zkinfer_verify.check.steps import reduce_all
from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import DIGEST_BYTES, LEAF_PADS, LEAF_WITNESS, SALT_BYTES, encode_base, encode_ext
from zkinfer_verify.hashing.merkle import leaf_digest
from zkinfer_verify.poly.reed_solomon import coset_points
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.column import Oracle

OpenWeights = Callable[[Sequence[int]], tuple[bytes, bytes, bytes]]
"""Columns of W at positions, its salts (none) and siblings: anybody computes them from the model."""


@dataclass(frozen=True)
class Simulation:
    """A simulated proof, and the oracle's answers under which it is accepted."""

    proof: Proof
    program: Program


@dataclass(frozen=True)
class _Reduced:
    """What step 2 leaves: a_i times theta for rows of W and of A, the test of Q, and both kinds of positions."""

    of_weights: list[Ext]
    of_witness: list[Ext]
    test: PadTest
    positions: list[int]
    pad_positions: list[int]


def simulate(
    prepared: Prepared,
    outputs: tuple[tuple[int, ...], ...],
    context: bytes,
    open_weights: OpenWeights,
    *,
    coins: Random,
    vectors: Vectors,
    challenges: Iterator[bytes] | None = None,
) -> Simulation:
    """Simulate a proof of these outputs.

    coins: the simulator's randomness, uniform; challenges: the points of the oracle's answers, where a verifier chooses
    challenges and positions itself; by default they are uniform too.
    """
    sizes, schedule = prepared.sizes, prepared.schedule
    length, pad_length = schedule.parameters.code_length, schedule.parameters.pad_code_length

    # 1. All scalar messages, every e and y. Challenges and positions are drawn when step 2 asks for them.
    scalars, reveals, y = (_uniform(coins, n) for n in (sizes.num_scalars, sizes.num_reveals, sizes.y))
    answers: list[bytes] = []

    def draw(_: bytes) -> bytes:
        answers.append(coins.randbytes(DIGEST_BYTES) if challenges is None else next(challenges))
        return answers[-1]

    # 2. The verifier's reductions on them.
    with answered(draw):
        reduced = _reduce(prepared, outputs, context, scalars, y, reveals, vectors)
    points = coset_points(length, reduced.positions)
    pad_points = coset_points(pad_length, reduced.pad_positions)

    # 3. Columns of W from the model. Columns of A: uniform; the two cells of N follow from y.
    columns_weights, _, siblings_weights = open_weights(reduced.positions)
    columns_witness = _witness_columns(reduced, columns_weights, encode_ext(y), points, coins, vectors)

    # 4. Both vectors of Q: uniform, but for the coefficient that the constraints on pads fix.
    proximity, linear = _uniform(coins, sizes.proximity), _uniform(coins, sizes.linear)
    linear[schedule.parameters.pad_row_length - 1] = reduced.test.target

    # 5. Columns of Q: rows and M1 uniform; M0 and P follow from the vectors.
    columns_pads = _pad_columns(prepared, reduced.test, proximity, linear, pad_points, coins, vectors)

    # 6. Salts and trees.
    root_witness, salts_witness, siblings_witness = _commit(
        LEAF_WITNESS, sizes.depth, reduced.positions, columns_witness, coins
    )
    root_pads, salts_pads, siblings_pads = _commit(
        LEAF_PADS, sizes.pad_depth, reduced.pad_positions, columns_pads, coins
    )
    proof = Proof(
        statement_digest=prepared.statement.digest,
        context=context,
        outputs=outputs,
        root_witness=root_witness,
        root_pads=root_pads,
        scalars=tuple(scalars),
        y=encode_ext(y),
        reveals=tuple(reveals),
        proximity=encode_ext(proximity),
        linear=encode_ext(linear),
        columns_weights=columns_weights,
        columns_witness=b"".join(columns_witness),
        salts_witness=salts_witness,
        columns_pads=b"".join(columns_pads),
        salts_pads=salts_pads,
        siblings=siblings_weights + siblings_witness + siblings_pads,
    )
    return Simulation(proof, _program(prepared, proof, answers, vectors))


def _uniform(coins: Random, count: int) -> list[Ext]:
    return [Ext(coins.randrange(P), coins.randrange(P)) for _ in range(count)]


def _reduce(
    prepared: Prepared,
    outputs: tuple[tuple[int, ...], ...],
    context: bytes,
    scalars: Sequence[Ext],
    y: Sequence[Ext],
    reveals: Sequence[Ext],
    vectors: Vectors,
) -> _Reduced:
    """Step 2: points, weights, `known` and coefficients follow from messages and challenges, in the verifier's order.

    Roots and vectors of Q are not known yet. Zeros stand for them, since answers do not depend on what was absorbed.
    """
    statement, sizes = prepared.statement, prepared.sizes
    transcript = start_transcript(prepared, outputs, context, (bytes(DIGEST_BYTES),) * 2)
    ch = Channel(transcript, scalars, vectors)
    reduced = reduce_all(Reduction(ch, statement, outputs), prepared.layout)
    theta = ch.challenge("opening theta")
    transcript.absorb_ext("opening y", y)
    check_opening_value(ch, reduced, theta, encode_ext(y))
    rho = ch.challenge("pads rho")
    transcript.absorb_ext("pads reveals", reveals)
    check_products(ch, rho, reveals)
    test = draw_pad_test(ch, prepared.schedule)
    transcript.absorb_ext("pads proximity", [ZERO] * sizes.proximity)
    transcript.absorb_ext("pads linear", [ZERO] * sizes.linear)
    positions, pad_positions = draw_positions(transcript, prepared)
    of_weights, of_witness = (
        [theta * reduced.folded.coefficients.get((oracle, row), ZERO) for row in range(rows)]
        for oracle, rows in ((Oracle.WEIGHTS, statement.weight_rows), (Oracle.WITNESS, statement.witness_rows))
    )
    return _Reduced(of_weights, of_witness, test, positions, pad_positions)


def _witness_columns(
    reduced: _Reduced,
    columns_weights: bytes,
    y: bytes,
    points: Sequence[int],
    coins: Random,
    vectors: Vectors,
) -> list[bytes]:
    """Step 3: rows uniform, N(x) = y(x) - theta sum_i a_i row_i(x) over rows of W and A."""
    rows = [encode_base([coins.randrange(P) for _ in reduced.of_witness]) for _ in points]
    of_witness = vectors.columns_combine(b"".join(rows), len(reduced.of_witness), reduced.of_witness)
    of_weights = [ZERO] * len(points)
    if reduced.of_weights:
        of_weights = vectors.columns_combine(columns_weights, len(reduced.of_weights), reduced.of_weights)
    masks = [
        value - left - right
        for value, left, right in zip(vectors.evaluate_many(y, points), of_weights, of_witness, strict=True)
    ]
    return [row + mask.to_bytes() for row, mask in zip(rows, masks, strict=True)]


def _pad_columns(
    prepared: Prepared,
    test: PadTest,
    proximity: Sequence[Ext],
    linear: Sequence[Ext],
    points: Sequence[int],
    coins: Random,
    vectors: Vectors,
) -> list[bytes]:
    """Step 5: rows and M1 uniform, and then M0 and P.

    M0(x) = linear(x) - x^K' M1(x) - sum_i A_i(x) row_i(x)
    P(x) = proximity(x) - sum_i mu_i row_i(x) - mu M0(x) - mu' M1(x)
    """
    *mixes, mix_low, mix_high = test.mixes
    near_at, linear_at = (vectors.evaluate_many(encode_ext(vector), points) for vector in (proximity, linear))
    weights_at = [vectors.evaluate_many(weights, points) for weights in test.row_weights]
    columns = []
    for k, x in enumerate(points):
        rows = [coins.randrange(P) for _ in mixes]
        (high,) = _uniform(coins, 1)
        low = linear_at[k] - high * pow(x, prepared.schedule.parameters.pad_row_length, P)
        for weights, cell in zip(weights_at, rows, strict=True):
            low = low - weights[k] * cell
        near = near_at[k] - mix_low * low - mix_high * high
        for mix, cell in zip(mixes, rows, strict=True):
            near = near - mix * cell
        columns.append(encode_base(rows) + encode_ext([near, low, high]))
    return columns


def _commit(
    leaf_tag: bytes, depth: int, positions: Sequence[int], columns: Sequence[bytes], coins: Random
) -> tuple[bytes, bytes, bytes]:
    """Step 6: return (root, salts, siblings) of fresh salts and opened columns."""
    salts = [coins.randbytes(SALT_BYTES) for _ in positions]
    opened = {
        position: leaf_digest(leaf_tag, position, salt, column)
        for position, salt, column in zip(positions, salts, columns, strict=True)
    }
    root, siblings = simulate_tree(depth, opened, coins)
    return root, b"".join(salts), siblings


def _program(prepared: Prepared, proof: Proof, answers: Sequence[bytes], vectors: Vectors) -> Program:
    """Step 7: give step 1's answers to the states that the verifier comes to, in its order.

    Errors: ProofError when the verifier rejects them all the same: the simulation would be no proof.
    """
    program: dict[bytes, bytes] = {}
    left = iter(answers)

    def note(state: bytes) -> bytes:
        program[state] = next(left)
        return program[state]

    with answered(note):
        check_proof(prepared, proof, vectors)
    return program
