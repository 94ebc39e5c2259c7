"""A proof passes over the weights once, however their entries lie in rows."""

from typing import cast

import pytest

from attacks.networks import integers, setup
from zkinfer.bench.passes import Counting
from zkinfer.graph.graph import FullyConnected, Relu, sequential
from zkinfer.kernels import native
from zkinfer.kernels.kernels import Kernels
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.lower import Plan
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import prove


# Entries of 8, 4, 16 and 64 cells in rows of 16.
@pytest.mark.parametrize(("inputs", "outputs"), [(5, 4), (3, 8), (16, 3), (40, 3)])
def test_a_matrix_is_passed_over_once(inputs: int, outputs: int) -> None:
    layers = [FullyConnected(integers(1, outputs, inputs)), Relu(), FullyConnected(integers(2, 1, outputs))]
    made = setup(sequential((inputs,), layers), plan=Plan(4, 4, frozenset()))
    column = next(column for column in made.statement.columns if column.name == "full1.weights")
    ((first, block),) = made.weights.blocks
    rows = block[column.row - first : column.row - first + column.row_count(made.statement.row_vars)]
    kernels = cast(Kernels, Counting(native, [rows]))
    witness, vectors = made.witness(integers(3, inputs)), KernelVectors(native)
    proof = prove(made.prepared, made.weights, witness, b"", kernels=kernels, vectors=vectors, entropy=Entropy.fresh())
    made.check(proof.to_bytes())
    assert kernels.entries == rows.size  # type: ignore[attr-defined]
