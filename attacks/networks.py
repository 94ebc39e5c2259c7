"""Networks to attack: small ones with a fixed plan, their statements, weights and witnesses, and the honest prover."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, Graph, MaxPool, Operator, Relu, sequential
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.from_graph import program_of
from zkinfer.program.lower import Lowered, Plan, lower
from zkinfer.program.planner import plan_program
from zkinfer.program.program import Program
from zkinfer.program.weights import weight_blocks
from zkinfer.program.witness import Witness, compute_witness
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import prove
from zkinfer.prove.weights import Weights, commit_weights, encode_weights
from zkinfer_verify.api import check_proof
from zkinfer_verify.check.run import Prepared, prepare
from zkinfer_verify.params.profile import PROFILES
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.decode import decode_proof
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.statement import Statement

CONTEXT = b"a context"
RANGE = (-5, 4)


@dataclass(frozen=True)
class Made:
    """A statement made ready for proving: its weights are committed to."""

    statement: Statement
    weights: Weights

    @cached_property
    def prepared(self) -> Prepared:
        """The checked statement."""
        return prepare(self.statement, allow_toy=True)

    def prove(self, witness: Witness, seed: bytes | None = None, context: bytes = CONTEXT) -> Proof:
        """Prove a witness, with a fixed seed if a test needs one."""
        entropy = Entropy.fresh() if seed is None else Entropy(seed)
        vectors = KernelVectors(native)
        return prove(self.prepared, self.weights, witness, context, kernels=native, vectors=vectors, entropy=entropy)

    def check(self, data: bytes, vectors: Vectors | None = None) -> None:
        """Verify bytes as `verify` does, without preparing the statement again; in plain Python unless told."""
        check_proof(self.prepared, decode_proof(self.statement, self.prepared.sizes, data), vectors or Vectors())


@dataclass(frozen=True)
class Setup(Made):
    """A network made ready for proving."""

    graph: Graph
    program: Program
    lowered: Lowered

    def witness(self, x: np.ndarray) -> Witness:
        """The honest witness."""
        return compute_witness(self.program, self.lowered, x)


def made_of(statement: Statement, arrays: Mapping[str, NDArray[Any]]) -> Made:
    """Commit to the weights of a statement, given by column name, and put their root into it."""
    blocks = weight_blocks(statement, arrays)
    length = (1 << statement.row_vars) << PROFILES[statement.profile].log_inv_rate
    code = np.empty((length, statement.weight_rows), dtype=np.uint64)
    encode_weights(native, blocks, code)
    committed = commit_weights(native, code)
    return Made(replace(statement, weight_root=committed.root), Weights(blocks, committed))


def setup(
    graph: Graph, *, profile: str = "toy", plan: Plan | None = None, input_range: tuple[int, int] = RANGE
) -> Setup:
    """Lower a network, with a plan of the test's choice if it needs one, and commit to its weights."""
    program = program_of(graph, input_range)
    model = bytes(32)
    lowered = plan_program(program, PROFILES[profile], model) if plan is None else lower(program, plan, profile, model)
    return setup_of(graph, program, lowered)


def setup_of(graph: Graph, program: Program, lowered: Lowered) -> Setup:
    """Commit to the weights of a network that is lowered."""
    made = made_of(lowered.statement, program.weight_arrays())
    return Setup(made.statement, made.weights, graph, program, replace(lowered, statement=made.statement))


def integers(seed: int, *shape: int, low: int = -3, high: int = 4) -> np.ndarray:
    """Draw integers, low <= value < high."""
    return np.random.default_rng(seed).integers(low, high, shape)


def network(seed: int, shape: tuple[int, ...], *ops: Operator) -> tuple[Graph, np.ndarray]:
    """Return a chain of layers and an input for it."""
    return sequential(shape, list(ops)), integers(seed, *shape, low=RANGE[0], high=RANGE[1] + 1)


@cache
def tiny() -> tuple[Setup, np.ndarray]:
    """The smallest proof: two inputs, one output."""
    graph, x = network(1, (2,), FullyConnected(integers(2, 1, 2), integers(3, 1)))
    return setup(graph, plan=Plan(4, 4, frozenset()), input_range=(-2, 1)), x.clip(-2, 1)


@cache
def mixed(wide: bool = False) -> tuple[Setup, np.ndarray]:
    """A network with every kind of relation.

    Vanish (of two and of five factors), contractions with stride, padding, dilation, groups and a bias, one that only
    moves data, an affine relation; exact limbs, or one wide value; three channels, so that columns have padded cells.
    """
    ops = (
        Convolution(integers(4, 3, 3, 2, 1), integers(5, 3), (2, 1), (1, 0, 0, 1), (1, 2), 3),
        Relu(),
        MaxPool((2, 2)),
        MaxPool((1, 2)),
        Flatten(),
        Relu(),
        FullyConnected(integers(6, 3, 6), integers(7, 3)),
    )
    graph, x = network(8, (9, 5, 3), *ops)
    names = frozenset({"relu1"}) if wide else frozenset()
    return setup(graph, plan=Plan(4, 4, names)), x


@cache
def rectified() -> tuple[Setup, np.ndarray]:
    """A ReLU between two layers: values of two limbs each, the upper one of two bits; the first is cut to zero."""
    first = FullyConnected(np.array([[-5, 3], [5, 4], [2, -3]]))
    graph, _ = network(0, (2,), first, Relu(), FullyConnected(np.array([[1, 2, 3]])))
    return setup(graph, plan=Plan(4, 4, frozenset())), np.array([3, 2])


@cache
def convolving() -> tuple[Setup, np.ndarray]:
    """A convolution whose sums are public, with stride, padding, dilation and groups; three channels are padded."""
    op = Convolution(integers(4, 3, 2, 2, 1), integers(5, 3), (2, 1), (1, 0, 0, 1), (1, 2), 3)
    graph, x = network(9, (5, 4, 3), op)
    return setup(graph, plan=Plan(4, 4, frozenset())), x


@cache
def scattered() -> tuple[Setup, np.ndarray]:
    """The mixed network with one limb moved in its row, so that the limbs of a value are claimed at two points."""
    made, x = mixed()
    columns = tuple(replace(c, offset=8) if c.name == "relu2.limb1" else c for c in made.statement.columns)
    statement = replace(made.statement, columns=columns)
    return replace(made, statement=statement, lowered=replace(made.lowered, statement=statement)), x
