"""The prover's randomness: operating-system bytes, bound to everything that the proof is about.

A draw is SHA-256 in counter mode: block i is SHA-256(seed, draw, i). The seed fills the hash's first block, so what
follows is its compression function keyed by a secret; and machines hash with SHA-256 fastest.

The seed hashes fresh bytes of the operating system with statement, outputs, context and witness, so that even a
repeated state of the operating system's generator never masks two different proofs alike. Tests build a fixed one.

What it has drawn, and what the prover has made of it, is overwritten with zeros when a run ends, however it ends.
"""

import hashlib
import os
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from zkinfer.kernels import native
from zkinfer.program.hidden import Hidden
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import DIGEST_BYTES, tag

SEED_BYTES = 64
Secret = TypeVar("Secret", bound=NDArray[Any])
ROW = tag("zkinfer1/entropy")


def digest_rows(rows: NDArray[np.uint64]) -> bytes:
    """Return what binds a witness: the digests SHA-256(tag, i, cells of row i), one after the other."""
    return native.hash_leaves(ROW, rows, np.empty((len(rows), 0), dtype=np.uint8)).tobytes()


class Entropy(Hidden):
    """A stream of random elements and bytes from one seed, by SHA-256 with the number of the draw.

    Errors: InternalError for every use after it was wiped.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = hashlib.sha512(seed).digest()
        self._draws = 0
        self._kept: list[NDArray[Any]] = []

    @classmethod
    def fresh(cls) -> "Entropy":
        """Seed from the operating system."""
        return cls(os.urandom(SEED_BYTES))

    def bind(self, *parts: bytes) -> None:
        """Mix what the proof is about into the seed."""
        self._require_seed()
        digest = hashlib.sha512(self._seed)
        for part in parts:
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
        self._seed = digest.digest()

    def salts(self, count: int) -> NDArray[np.uint8]:
        """Draw salts, (count, 32). They are kept."""
        return self.keep(self._draw(count))

    def elements(self, *shape: int) -> NDArray[np.uint64]:
        """Draw uniform elements of F, canonical: words of the stream, those >= p passed over. They are kept."""
        count = int(np.prod(shape))
        spare = 16 + count // 2**20
        while True:
            words = self._draw(-(-8 * (count + spare) // DIGEST_BYTES)).view("<u8").reshape(-1)[: count + spare]
            words = words[words < P]
            if len(words) >= count:
                return self.keep(words[:count].astype(np.uint64).reshape(shape))

    def keep(self, secret: Secret) -> Secret:
        """Return an array that `wipe` will overwrite."""
        self._kept.append(secret)
        return secret

    def wipe(self) -> None:
        """Overwrite everything kept with zeros, and forget the seed."""
        for secret in self._kept:
            secret.fill(0)
        self._kept.clear()
        self._seed = b""

    def _draw(self, blocks: int) -> NDArray[np.uint8]:
        """Return the next draw's stream, (blocks, 32)."""
        self._require_seed()
        self._draws += 1
        return native.keystream(self._seed, self._draws - 1, blocks)

    def _require_seed(self) -> None:
        if not self._seed:
            raise InternalError("entropy is used after it was wiped: it serves one proof")
