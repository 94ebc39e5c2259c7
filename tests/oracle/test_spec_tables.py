"""Lookups of pairs: the production prover's bytes equal those of the slow definition in spec/."""

import pytest

from attacks.cells import Cells
from attacks.classes.a18_function_values import ARGUMENTS, honest, squaring
from attacks.handmade import written
from spec.prover import prove as define
from spec.statement import decode
from zkinfer.kernels import native, plain
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.program.check import check_witness
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import prove
from zkinfer_verify.api import verify


@pytest.mark.parametrize("kernels", [plain, native], ids=["plain", "native"])
def test_pairs_are_proved_as_defined(kernels: object) -> None:
    made, squares = squaring(), tuple(x * x for x in ARGUMENTS)
    witness = written(made, squares, honest)
    check_witness(made.statement, witness, made.weights.blocks)
    columns = {"square.argument": ARGUMENTS, "square": squares}
    columns |= {"triple.argument": ARGUMENTS, "triple": tuple(3 * x for x in ARGUMENTS)}
    tensors = [columns.get(column.name) for column in made.statement.columns]
    defined = define(decode(made.statement.to_bytes()), tensors, witness.outputs, b"", b"seed")
    vectors = KernelVectors(kernels)  # type: ignore[arg-type]
    proof = prove(
        made.prepared,
        made.weights,
        witness,
        b"",
        kernels=kernels,
        vectors=vectors,
        entropy=Entropy(b"seed"),  # type: ignore[arg-type]
    )
    assert proof.to_bytes() == defined
    assert verify(made.statement, defined, allow_toy=True).tensors[0].integers == squares


def test_cells_are_read_back() -> None:
    made = squaring()
    cells = Cells(made, written(made, (0,) * 4, honest))
    assert [cells.get("square", (k,)) for k in range(4)] == [x * x for x in ARGUMENTS]
