"""A malicious prover with an honest witness sends a wrong vector, mask or commitment, and follows the protocol else.

Each forgery names the step that must catch it. Where one check alone stands against it, the forgery is accepted once
that check is deleted.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from attacks.networks import Setup, tiny
from attacks.prover import Forgery, Hooks, forge, with_outputs
from tests.rejects.test_corrupted_messages import CONSTRAINT, K, rejected, sending
from tests.rejects.test_corrupted_witnesses import deleted
from zkinfer.kernels import native
from zkinfer.prove import prover
from zkinfer.prove.commit import commit_rows
from zkinfer_verify import api
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import NODE, decode_base, encode_base, encode_ext
from zkinfer_verify.poly.reed_solomon import coset_point
from zkinfer_verify.poly.vectors import Vectors


def add_at(data: bytes, index: int, delta: int = 1) -> bytes:
    """Add to one element of E of an encoded vector."""
    flat = list(decode_base(data))
    flat[2 * index] = (flat[2 * index] + delta) % P
    return encode_base(flat)


def opening_vector(index: int) -> Hooks:
    """Send y with one coefficient changed."""
    return {"_opening_vector": lambda original, *args: add_at(original(*args), index)}


def pad_vector(which: int, index: int) -> Hooks:
    """Send one of the pad oracle's two vectors with one coefficient changed."""

    def changed(original: Callable[..., Any], *args: Any) -> Any:
        vectors = [vector.copy() for vector in original(*args)]
        vectors[which][index, 0] = (int(vectors[which][index, 0]) + 1) % P
        return tuple(vectors)

    return {"pad_vectors": changed}


def reveals(index: int) -> Hooks:
    """Reveal a wrong e."""

    def changed(original: Callable[..., Any], *args: Any) -> Any:
        found = original(*args)
        found[index] = found[index] + 1
        return found

    return {"reveal_products": changed}


def far_row(row: int, share: int) -> Hooks:
    """Commit to a row of A that is no codeword: wrong at one in `share` positions."""

    def commit(original: Callable[..., Any], kernels: Any, tag: bytes, rows: Any, length: int, salts: bytes) -> Any:
        honest = original(kernels, tag, rows, length, salts)
        code = honest.code.copy()
        code[::share, row] = (code[::share, row].astype(object) + 1) % P
        return recommitted(tag, code, salts)

    def commit_witness(original: Callable[..., Any], *args: Any) -> Any:
        with patch.object(prover, "commit_rows", lambda *a: commit(commit_rows, *a)):
            return original(*args)

    return {"_commit_witness": commit_witness}


def recommitted(tag: bytes, code: np.ndarray, salts: bytes) -> Any:
    """Build the tree over a matrix that need not be a code."""
    made = commit_rows(native, tag, [np.zeros((code.shape[1], 1), np.uint64)], len(code), salts)
    leaves = native.hash_leaves(tag, code, made.salts)
    return replace(made, code=code, levels=native.merkle_levels(NODE, leaves))


def other_mask() -> Hooks:
    """Use another mask row N than the committed one, in y and in sigma."""

    def commit_witness(original: Callable[..., Any], *args: Any) -> Any:
        honest = original(*args)
        mask = honest.mask.copy()
        mask[0, 0] = (int(mask[0, 0]) + 1) % P
        return replace(honest, mask=mask)

    return {"_commit_witness": commit_witness}


def sigma(k: int, value: Ext) -> Ext:
    """Send sigma plus one."""
    return value + 1


@dataclass(frozen=True)
class Case:
    """A forgery of one message: the constraints it breaks, the step that catches it, and how to delete that step."""

    name: str
    broken: tuple[str, ...]
    caught: str
    hooks: Hooks = field(default_factory=dict)
    sent: str | None = None
    delete: Callable[[], Any] | None = None


def no_opened_columns() -> Any:
    """Delete the comparison of y with the opened columns."""
    return patch.object(api, "check_opened_columns", lambda *args: None)


def no_linear_target() -> Any:
    """Delete the check of coefficient K' - 1."""
    return patch.object(api, "check_linear_target", lambda *args: None)


def no_pad_columns() -> Any:
    """Delete the comparison of both vectors of Q with the opened columns."""
    return patch.object(api, "check_pad_columns", lambda *args: None)


OPENED, PROXIMITY = "opening: y's code differs", "pad oracle, proximity test: the vector differs"
LINEAR = "pad oracle, linear test: the vector differs"

CASES = (
    Case("sigma", ("opening",), CONSTRAINT, sent="opening sigma", delete=lambda: deleted(("opening",))),
    Case("y in its data", ("opening",), CONSTRAINT, opening_vector(0)),
    Case("y in its random part", (), OPENED, opening_vector(K), delete=no_opened_columns),
    Case("another mask row N", (), OPENED, other_mask(), delete=no_opened_columns),
    Case("a row that is no codeword", (), OPENED, far_row(0, 1), delete=no_opened_columns),
    Case("a mask row that is no codeword", (), OPENED, far_row(2, 1), delete=no_opened_columns),
    Case(
        "a revealed e",
        ("product, reveal", "product, sacrifice"),
        CONSTRAINT,
        reveals(0),
        delete=lambda: deleted(("product, reveal", "product, sacrifice")),
    ),
    Case("the last revealed e", ("product, reveal", "product, sacrifice"), CONSTRAINT, reveals(-1)),
    Case("the proximity vector", (), PROXIMITY, pad_vector(0, 0), delete=no_pad_columns),
    Case("the proximity vector's end", (), PROXIMITY, pad_vector(0, -1), delete=no_pad_columns),
    Case("the linear vector", (), LINEAR, pad_vector(1, 0), delete=no_pad_columns),
    Case("the linear vector's end", (), LINEAR, pad_vector(1, -1), delete=no_pad_columns),
    Case("the linear vector's target", (), CONSTRAINT, pad_vector(1, 63)),
)


def forged_by(made: Setup, x: np.ndarray, case: Case) -> Forgery:
    """Run a case's prover."""
    with sending(case.sent, sigma) if case.sent else nullcontext():
        return forge(made, made.witness(x), case.hooks)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rejects_a_proof_when_the_prover_forges(case):
    made, x = tiny()
    forged = forged_by(made, x, case)
    assert forged.broken == case.broken
    rejected(made, forged.proof, case.caught)
    if case.delete is not None:
        with case.delete():
            made.check(forged_by(made, x, case).proof.to_bytes())


def test_rejects_a_wrong_output_when_the_linear_vector_is_bent_to_its_target():
    """The prover knows that a constraint fails, and writes the coefficient that the verifier looks for."""
    made, x = tiny()
    target: list[Ext] = []

    def draw_pad_test(original: Callable[..., Any], *args: Any) -> Any:
        test = original(*args)
        target.append(test.target)
        return test

    def pad_vectors(original: Callable[..., Any], *args: Any) -> Any:
        proximity, linear = original(*args)
        linear[63] = target[-1]
        return proximity, linear

    inner = prover.draw_pad_test
    with patch.object(prover, "draw_pad_test", lambda *args: draw_pad_test(inner, *args)):
        forged = forge(made, with_outputs(made.witness(x), 0, 1), {"pad_vectors": pad_vectors})
    assert forged.broken == ("contraction 0, end",)
    rejected(made, forged.proof, LINEAR)


def test_rejects_columns_when_they_are_solved_after_the_positions_are_known():
    """The prover sends any y and solves the mask's opened cells for it: only the Merkle tree stands against this."""
    made, x = tiny()
    proof = forge(made, made.witness(x), opening_vector(K)).proof
    seen: list[Sequence[int]] = []

    def positions(original: Callable[..., Any], *args: Any) -> Any:
        found = original(*args)
        seen.append(found[0])
        return found

    drawn = api.draw_positions
    with patch.object(api, "draw_positions", lambda *args: positions(drawn, *args)):
        rejected(made, proof, OPENED)
    cells, width = list(decode_base(proof.columns_witness)), made.prepared.sizes.witness_width
    for k, position in enumerate(seen[0]):
        at = width * k + width - 2
        cells[at] = (cells[at] + pow(coset_point(64, position), K, P)) % P
    solved = replace(proof, columns_witness=encode_base(cells))
    rejected(made, solved, "opened columns of A do not belong to its root")
    with patch.object(api, "check_openings", lambda *args: None):
        made.check(solved.to_bytes())


@pytest.mark.parametrize(
    ("part", "oracle"),
    [("columns_weights", "W"), ("columns_witness", "A"), ("columns_pads", "Q"), ("salts_witness", "A")],
)
def test_rejects_a_proof_when_an_opened_column_is_tampered(part, oracle):
    made, x = tiny()
    proof = made.prove(made.witness(x))
    data = bytearray(getattr(proof, part))
    data[0] ^= 1
    rejected(made, replace(proof, **{part: bytes(data)}), f"opened columns of {oracle} do not belong to its root")


def test_rejects_a_proof_when_other_weights_are_used():
    """Everything is true of the other weights; only the opened columns of W tell them from the statement's."""
    made, x = tiny()
    ((first, block),) = made.weights.blocks
    other = block.copy()
    other[0, 0] += 1
    lying = replace(made, weights=replace(made.weights, blocks=[(first, other)]))
    lying.__dict__["prepared"] = made.prepared
    witness = with_outputs(made.witness(x), 0, int(x[0]))
    forged = forge(lying, witness)
    assert forged.broken == ()
    rejected(made, forged.proof, OPENED)
    with no_opened_columns():
        made.check(forge(lying, witness).proof.to_bytes())


def test_rejects_a_proof_when_a_scalar_is_missing_or_left_over():
    made, x = tiny()
    proof = made.prove(made.witness(x))
    for scalars in (proof.scalars[:-1], (*proof.scalars, Ext(0))):
        with pytest.raises(ProofError, match="scalars"):
            api.check_proof(made.prepared, replace(proof, scalars=scalars), Vectors())


@pytest.mark.parametrize("value", [P, P + 1, 2**64 - 1])
@pytest.mark.parametrize("part", ["scalars", "y", "reveals", "proximity", "linear", "columns_weights", "columns_pads"])
def test_rejects_a_proof_when_an_element_is_not_canonical(part, value):
    made, x = tiny()
    proof = made.prove(made.witness(x))
    data = getattr(proof, part)
    raw = encode_ext(data) if isinstance(data, tuple) else data
    whole = proof.to_bytes()
    start = whole.index(raw)
    rejected(made, whole[:start] + value.to_bytes(8, "little") + whole[start + 8 :], "element >= p")
