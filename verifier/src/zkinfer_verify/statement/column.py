"""Columns: named integer tensors, and where they lie in an oracle's matrix of rows.

A tensor's outermost axis may have any length; its inner axes are zero-extended to powers of two. Row-major, so the
first variables of a point choose the row and the last log2 K the cell inside it. A tensor of fewer variables than a
row lies in a slot of its own size at an aligned offset; several tensors may share a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from math import prod

from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.poly.eq import eq_index, index_point, num_bits, prefix_indicator, prefix_pair


class Oracle(IntEnum):
    """The committed matrix that holds a column: the weights W, once per model, or the witness A of one proof."""

    WEIGHTS = 0
    WITNESS = 1


class Role(IntEnum):
    """What a column holds: weights, values with a range, or the multiplicities of a table."""

    WEIGHT = 0
    RANGED = 1
    MULTIPLICITY = 2


@dataclass(frozen=True)
class Column:
    """A named integer tensor and its place.

    dims: real extents; row: its first row; offset: its first cell in that row; lo, hi: declared range (weights: the
    range that the weights have; ranged: a lookup enforces it; multiplicities: 0 .. number of lookups).
    """

    name: str
    oracle: Oracle
    role: Role
    dims: tuple[int, ...]
    row: int
    offset: int
    lo: int
    hi: int

    @cached_property
    def axis_vars(self) -> tuple[int, ...]:
        """The number of variables of each axis."""
        return tuple(map(num_bits, self.dims))

    @property
    def num_vars(self) -> int:
        """The number of variables of the whole tensor."""
        return sum(self.axis_vars)

    @cached_property
    def padded_size(self) -> int:
        """Cells that the tensor covers: the outermost extent times the inner ones, rounded up to powers of two."""
        return prod(1 << n for n in self.axis_vars[1:]) * (self.dims[0] if self.dims else 1)

    @property
    def size(self) -> int:
        """The number of real entries."""
        return prod(self.dims)

    def row_count(self, row_vars: int) -> int:
        """The number of rows of 2^row_vars cells that the tensor touches."""
        return 1 if self.num_vars <= row_vars else -(-self.padded_size >> row_vars)

    def prefix(self, row_vars: int) -> tuple[int, int]:
        """Return (slot index, its number of bits): the fixed first variables of a tensor smaller than a row."""
        missing = max(0, row_vars - self.num_vars)
        return self.offset >> (row_vars - missing), missing

    def split_point(self, point: Sequence[Ext], row_vars: int) -> tuple[list[Ext], list[Ext]]:
        """Cut a point of the tensor into (row part, cell part), the slot's fixed variables before the cell part."""
        slot, missing = self.prefix(row_vars)
        row_part = max(0, len(point) - row_vars)
        return list(point[:row_part]), index_point(slot, missing) + list(point[row_part:])

    def row_pattern(self, index: int, row_vars: int) -> "SlotPattern":
        """Return which cells of the tensor's row `index` are real."""
        return _row_pattern(self.dims, index, row_vars, *self.prefix(row_vars))


@lru_cache(maxsize=1 << 16)
def _row_pattern(dims: tuple[int, ...], index: int, row_vars: int, slot: int, missing: int) -> "SlotPattern":
    left = max(0, sum(map(num_bits, dims)) - row_vars)
    pieces: list[tuple[int, int]] = []
    for dim in dims:
        taken = min(left, num_bits(dim))
        left, free = left - taken, num_bits(dim) - taken
        value = (index >> left) & ((1 << taken) - 1)
        pieces.append((free, max(0, min(dim - (value << free), 1 << free))))
    if any(count == 0 for _, count in pieces):
        return SlotPattern(slot, missing, ((row_vars - missing, 0),))
    return SlotPattern(slot, missing, tuple(piece for piece in pieces if piece[0]))


@dataclass(frozen=True)
class SlotPattern:
    """The real cells of one tensor in one row: a slot, and in it a product of prefixes (variables, real count)."""

    slot: int
    slot_vars: int
    pieces: tuple[tuple[int, int], ...]

    @property
    def is_full(self) -> bool:
        """Whether every cell of the row is real."""
        return self.slot_vars == 0 and all(count == 1 << free for free, count in self.pieces)

    def indicator(self, point: Sequence[Ext]) -> Ext:
        """Evaluate the extension of the indicator of real cells at a point of the row."""
        out = self.slot_mass(point)
        start = self.slot_vars
        for free, count in self.pieces:
            out = out * prefix_indicator(count, point[start : start + free])
            start += free
        return out

    def pair(self, x: Sequence[Ext], y: Sequence[Ext]) -> Ext:
        """Return the sum over real cells j of eq(x, j) eq(y, j)."""
        out = self.slot_mass(x) * self.slot_mass(y)
        start = self.slot_vars
        for free, count in self.pieces:
            out = out * prefix_pair(count, x[start : start + free], y[start : start + free])
            start += free
        return out

    def slot_mass(self, point: Sequence[Ext]) -> Ext:
        """Return the sum of eq(point, j) over all cells of the slot, real or not."""
        return eq_index(point[: self.slot_vars], self.slot)


RowPattern = tuple[SlotPattern, ...]
"""The real cells of a whole row: one slot a tensor."""


def pattern_is_full(pattern: RowPattern) -> bool:
    """Whether a row has no padded cell."""
    return len(pattern) == 1 and pattern[0].is_full


def pattern_indicator(pattern: RowPattern, point: Sequence[Ext]) -> Ext:
    """Evaluate 1_real of a row at a point."""
    out = ZERO
    for slot in pattern:
        out = out + slot.indicator(point)
    return out
