"""Edits of what a prover commits to and opens: encoded vectors, matrices that need not be a code, solved columns."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.prover import Hooks
from zkinfer.kernels import native
from zkinfer.prove.commit import Committed, commit_rows
from zkinfer.prove.pads import PadOracle
from zkinfer.prove.weights import commit_weights
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import LEAF_PADS, NODE, decode_base, encode_base
from zkinfer_verify.poly.reed_solomon import coset_points

Matrix = NDArray[np.uint64]


def add_at(data: bytes, index: int, delta: Ext | int = 1) -> bytes:
    """Add to one element of E of an encoded vector."""
    flat = list(decode_base(data))
    at = 2 * (index % (len(flat) // 2))
    flat[at : at + 2] = Ext(*flat[at : at + 2]) + delta
    return encode_base(flat)


def add_to(vector: Matrix, index: int, delta: Ext | int = 1) -> Matrix:
    """Add to one element of E of a vector (m, 2); return a copy."""
    out = vector.copy()
    out[index] = Ext(*map(int, out[index])) + delta
    return out


def committed_to(tag: bytes, code: Matrix, salts: NDArray[np.uint8] | None = None) -> Committed:
    """Build the tree over a matrix, one row a position, that need not be a code."""
    if salts is None:
        return commit_weights(native, code)
    shape = commit_rows(native, tag, np.zeros((code.shape[1], 1), np.uint64), len(code), salts)
    leaves = native.hash_leaves(tag, code, shape.salts)
    return replace(shape, code=code, levels=native.merkle_levels(NODE, leaves))


def edited_commitment(oracle: Any, tag: bytes, edit: Callable[[Matrix], None]) -> Any:
    """Return an oracle of the prover whose matrix was edited in place before the tree was built."""
    code = oracle.committed.code.copy()
    edit(code)
    return replace(oracle, committed=committed_to(tag, code, oracle.committed.salts))


def with_masks(oracle: PadOracle, length: int, **masks: Any) -> PadOracle:
    """Return the pad oracle committed with other masks, of as many coefficients as they have."""
    changed = replace(oracle, **masks)
    polynomials = [*changed.rows]
    for mask in (changed.proximity_mask, changed.low_mask, changed.high_mask):
        polynomials += [*mask.T]
    rows = np.zeros((len(polynomials), max(map(len, polynomials))), dtype=np.uint64)
    for row, polynomial in zip(rows, polynomials, strict=True):
        row[: len(polynomial)] = polynomial
    return replace(changed, committed=commit_rows(native, LEAF_PADS, rows, length, oracle.committed.salts))


def seeing_positions(seen: list[Sequence[int]]) -> Hooks:
    """Tell which positions the prover's transcript leads to: those of W and A, then those of Q."""

    def draw_positions(original: Callable[..., Any], *args: Any) -> Any:
        seen[:] = original(*args)
        return tuple(seen)

    return {"draw_positions": draw_positions}


def solved_cells(columns: bytes, width: int, cell: int, changes: Sequence[Ext]) -> bytes:
    """Add an element of E to two neighbouring cells of each opened column."""
    cells = list(decode_base(columns))
    for k, change in enumerate(changes):
        at = width * k + cell % width
        cells[at : at + 2] = Ext(*cells[at : at + 2]) + change
    return encode_base(cells)


def monomials(length: int, positions: Sequence[int], degree: int) -> list[int]:
    """Evaluate X^degree at positions of a code."""
    return [pow(x, degree, P) for x in coset_points(length, positions)]
