"""Public lookup tables. One kind so far: a range of consecutive integers."""

from collections.abc import Sequence
from dataclasses import dataclass

from zkinfer_verify.field.extension import Ext
from zkinfer_verify.poly.eq import prefix_identity, prefix_indicator


@dataclass(frozen=True)
class RangeTable:
    """The rows lo, lo + 1, .., lo + size - 1, one value each.

    multiplicities: index of the column that counts how often each row is looked up; its dims are (size,).
    """

    lo: int
    size: int
    multiplicities: int

    @property
    def hi(self) -> int:
        """The last value."""
        return self.lo + self.size - 1

    @property
    def width(self) -> int:
        """The number of components of a row."""
        return 1

    def segment(self, start: int, count: int, point: Sequence[Ext]) -> Ext:
        """Return sum over v < count of (lo + start + v) * eq(point, v): the table's part in one row of cells."""
        return prefix_identity(count, point) + prefix_indicator(count, point) * (self.lo + start)
