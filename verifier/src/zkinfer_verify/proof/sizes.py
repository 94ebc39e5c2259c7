"""How many elements each part of a proof has: all of it follows from the statement."""

from dataclasses import dataclass

from zkinfer_verify.field.extension import EXT_BYTES
from zkinfer_verify.hashing.digest import DIGEST_BYTES, SALT_BYTES


@dataclass(frozen=True)
class ProofSizes:
    """Counts: y, proximity, linear in elements of E; *_width: elements of F in an opened column; depths of trees."""

    num_queries: int
    num_outputs: int
    num_scalars: int
    num_reveals: int
    y: int
    proximity: int
    linear: int
    weight_width: int
    witness_width: int
    pad_width: int
    depth: int
    pad_depth: int

    @property
    def fixed_bytes(self) -> int:
        """The size of a proof without its context and its Merkle siblings."""
        ext = self.num_scalars + self.num_reveals + self.y + self.proximity + self.linear
        columns = 8 * (self.weight_width + self.witness_width + self.pad_width) + 2 * SALT_BYTES
        return 24 + 3 * DIGEST_BYTES + 8 * self.num_outputs + EXT_BYTES * ext + self.num_queries * columns

    def upper_bound(self, context: int) -> int:
        """A size that no proof of this statement passes."""
        siblings = self.num_queries * (2 * self.depth + self.pad_depth)
        return self.fixed_bytes + context + DIGEST_BYTES * siblings
