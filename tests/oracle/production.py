"""Drive the production prover on small networks with fixed randomness, with whichever kernels a test names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.graph.convolution import Convolution
from zkinfer.graph.flatten import Flatten
from zkinfer.graph.fully_connected import FullyConnected
from zkinfer.graph.graph import Graph, sequential
from zkinfer.graph.max_pool import MaxPool
from zkinfer.graph.relu import Relu
from zkinfer.kernels.kernels import Kernels
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.from_graph import program_of
from zkinfer.program.lower import lower, with_root
from zkinfer.program.planner import plan_program
from zkinfer.program.weights import weight_blocks
from zkinfer.program.witness import Witness, compute_witness
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import prove
from zkinfer.prove.weights import Weights, commit_weights, encode_weights
from zkinfer_verify.check.run import Prepared, prepare
from zkinfer_verify.field.prime import signed
from zkinfer_verify.params.profile import PROFILES
from zkinfer_verify.statement.column import Oracle, Role
from zkinfer_verify.statement.statement import Statement

Draw = Callable[..., NDArray[np.int64]]


@dataclass(frozen=True)
class Case:
    """A statement ready to prove: its witness and weights, and the integers of every column but multiplicities."""

    prepared: Prepared
    weights: Weights
    witness: Witness
    tensors: list[list[int] | None]

    @property
    def statement(self) -> Statement:
        """What is proved."""
        return self.prepared.statement


def networks(draw: Draw) -> dict[str, tuple[tuple[int, ...], list[Any]]]:
    """Small networks by name: input shape and layers, together every kind of relation, access and layout."""
    return {
        "flat, full": ((5,), [FullyConnected(draw(3, 5), draw(3))]),
        "full, relu, full": ((5,), [FullyConnected(draw(7, 5), draw(7)), Relu(), FullyConnected(draw(2, 7), None)]),
        "full, full": ((5,), [FullyConnected(draw(7, 5), draw(7)), FullyConnected(draw(2, 7), None)]),
        "output after relu": ((5,), [FullyConnected(draw(7, 5), draw(7)), Relu()]),
        "convolution": ((4, 5, 2), [Convolution(draw(2, 3, 3, 2), draw(2))]),
        "stride, padding, dilation": (
            (5, 6, 2),
            [Convolution(draw(3, 3, 3, 2), draw(3), (2, 1), (1, 2, 0, 1), (1, 2))],
        ),
        "groups": ((4, 4, 4), [Convolution(draw(6, 3, 3, 2), draw(6), groups=2)]),
        "convolution, convolution": ((5, 5, 1), [Convolution(draw(2, 3, 3, 1)), Convolution(draw(2, 3, 3, 2))]),
        "pool of the input": ((4, 6, 3), [MaxPool((2, 3))]),
        "pool, relu fused": (
            (6, 6, 2),
            [
                Convolution(draw(3, 3, 3, 2)),
                MaxPool((2, 2)),
                Relu(),
                Flatten(),
                FullyConnected(draw(5, 12), draw(5)),
            ],
        ),
        "pool of a committed tensor": (
            (4, 4, 1),
            [Convolution(draw(2, 1, 1, 1)), Relu(), MaxPool((2, 2)), MaxPool((2, 1))],
        ),
        "one of everything": (
            (1, 1, 1),
            [Convolution(draw(1, 1, 1, 1)), Relu(), Flatten(), FullyConnected(draw(1, 1))],
        ),
    }


def make_case(
    shape: tuple[int, ...], layers: list[Any], x: NDArray[np.int64], kernels: Kernels, images: int = 1
) -> Case:
    """Set a network up and run it on an input, or on several together, in profile toy with inputs in -5 .. 4."""
    graph: Graph = sequential(shape, layers)
    program = program_of(graph, (-5, 4))
    lowered = plan_program(program, PROFILES["toy"], bytes(32))
    if images > 1:
        lowered = lower(program, lowered.plan, "toy", bytes(32), images)
    arrays = program.weight_arrays()
    blocks = weight_blocks(lowered.statement, arrays)
    parameters = prepare(lowered.statement, True).schedule.parameters
    code = np.empty((parameters.code_length, lowered.statement.weight_rows), dtype=np.uint64)
    encode_weights(kernels, blocks, code)
    committed = commit_weights(kernels, code)
    lowered = with_root(lowered, committed.root)
    witness = compute_witness(program, lowered, x)
    tensors = column_tensors(lowered.statement, arrays, witness)
    return Case(prepare(lowered.statement, True), Weights(blocks, committed), witness, tensors)


def column_tensors(statement: Statement, arrays: dict[str, NDArray[Any]], witness: Witness) -> list[list[int] | None]:
    """Return the integers of every column, row-major; None for multiplicities."""
    out: list[list[int] | None] = []
    cells = witness.rows.reshape(-1)
    for column in statement.columns:
        if column.role is Role.MULTIPLICITY:
            out.append(None)
        elif column.oracle is Oracle.WEIGHTS:
            out.append([int(value) for value in arrays[column.name].reshape(-1)])
        else:
            start = (column.row << statement.row_vars) + column.offset
            padded = (column.dims[0], *(1 << n for n in column.axis_vars[1:]))
            inner = cells[start : start + column.padded_size].reshape(padded)[tuple(map(slice, column.dims))]
            out.append([signed(int(value)) for value in inner.reshape(-1)])
    return out


def prove_case(case: Case, context: bytes, seed: bytes, kernels: Kernels) -> bytes:
    """Prove with fixed randomness."""
    vectors = KernelVectors(kernels)
    proof = prove(
        case.prepared,
        case.weights,
        case.witness,
        context,
        kernels=kernels,
        vectors=vectors,
        entropy=Entropy(seed),
    )
    return proof.to_bytes()
