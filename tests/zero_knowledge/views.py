"""What a proof shows, part by part, as words of 64 bits; and many proofs of one input, part by part."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from attacks.networks import Setup
from zkinfer_verify.proof.proof import Proof

Words = NDArray[np.uint64]

HIDING = (
    "root of A",
    "root of Q",
    "scalars",
    "y",
    "reveals",
    "proximity vector",
    "linear vector",
    "columns of A",
    "salts of A",
    "columns of Q",
    "salts of Q",
    "Merkle siblings",
)
"""The sections of a proof that depend on the prover's randomness. The others are public."""

FIXED = tuple(name for name in HIDING if name != "Merkle siblings")
"""Those whose length does not depend on the positions."""


def view(made: Setup, proof: Proof) -> dict[str, Words]:
    """Return the words of each section that hides something; of the siblings, those of A and Q."""
    sections = dict(proof.sections())
    public = {node.tobytes() for node in made.weights.committed.levels}
    digests = sections["Merkle siblings"]
    nodes = (digests[k : k + 32] for k in range(0, len(digests), 32))
    sections["Merkle siblings"] = b"".join(node for node in nodes if node not in public)
    return {name: np.frombuffer(sections[name], dtype="<u8") for name in HIDING}


def samples(views: Iterable[dict[str, Words]]) -> dict[str, Words]:
    """Stack the sections of fixed length of many views: (proofs, words) each."""
    listed = list(views)
    return {name: np.stack([one[name] for one in listed]) for name in FIXED}
