"""protocol.md, 7.11: the opened columns belong to the roots, by one multiproof for each of W, A and Q."""

from collections.abc import Sequence

from zkinfer_verify.check.run import Prepared
from zkinfer_verify.errors import ProofError
from zkinfer_verify.hashing.digest import DIGEST_BYTES, LEAF_PADS, LEAF_WEIGHTS, LEAF_WITNESS
from zkinfer_verify.hashing.merkle import sibling_count
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.proof import Proof


def check_openings(
    vectors: Vectors, prepared: Prepared, proof: Proof, positions: Sequence[int], pad_positions: Sequence[int]
) -> None:
    """Check all opened columns against the three roots.

    Errors: ProofError when a root differs, or the siblings are too few or too many.
    """
    sizes, no_salts = prepared.sizes, b""
    cuts = (
        ("W", LEAF_WEIGHTS, prepared.statement.weight_root, positions, sizes.depth, proof.columns_weights, no_salts),
        ("A", LEAF_WITNESS, proof.root_witness, positions, sizes.depth, proof.columns_witness, proof.salts_witness),
        ("Q", LEAF_PADS, proof.root_pads, pad_positions, sizes.pad_depth, proof.columns_pads, proof.salts_pads),
    )
    cursor = 0
    for name, leaf_tag, root, opened, depth, columns, salts in cuts:
        leaves = vectors.leaves(leaf_tag, opened, salts, columns)
        size = DIGEST_BYTES * sibling_count(depth, opened)
        siblings = proof.siblings[cursor : cursor + size]
        if len(siblings) != size:
            raise ProofError(f"Merkle multiproof has {len(siblings)} bytes, the opened positions of {name} need {size}")
        if vectors.root_of(depth, opened, leaves, siblings) != root:
            raise ProofError(f"opened columns of {name} do not belong to its root")
        cursor += size
    if cursor != len(proof.siblings):
        raise ProofError(f"proof has {len(proof.siblings) - cursor} bytes after its end")
