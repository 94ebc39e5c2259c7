"""What follows from a statement's columns and lookups: the leaves of the lookup tree, the patterns of padding."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.column import Oracle, RowPattern, SlotPattern, pattern_is_full
from zkinfer_verify.statement.statement import Statement


@dataclass(frozen=True)
class LeafSegment:
    """The part of a leaf row that belongs to one column: its table (from 0), its slot, its first index there."""

    table: int
    pattern: SlotPattern
    start: int


@dataclass(frozen=True)
class LeafRow:
    """K leaves of the lookup tree; `components`: (row of A, scale) of each, for a table its multiplicities' row."""

    is_table: bool
    components: tuple[tuple[int, int], ...]
    segments: tuple[LeafSegment, ...]

    @property
    def pattern(self) -> RowPattern:
        """The real leaves of the row."""
        return tuple(segment.pattern for segment in self.segments)

    def ids(self, point: Sequence[Ext]) -> Ext:
        """Evaluate the extension of the table ids: table + 1 on a column's whole slot, 0 outside every slot."""
        out = ZERO
        for segment in self.segments:
            out = out + segment.pattern.slot_mass(point) * (segment.table + 1)
        return out


class Layout:
    """Views of a statement that both sides derive; computed once and kept."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement

    @cached_property
    def leaf_rows(self) -> tuple[LeafRow, ...]:
        """The leaf rows in order: lookups as listed, columns that share rows merged; then the tables."""
        st = self.statement
        found: dict[tuple[bool, tuple[tuple[int, int], ...]], list[LeafSegment]] = {}
        for lookup in st.lookups:
            columns = [st.columns[index] for index, _ in lookup.components]
            for k in range(columns[0].row_count(st.row_vars)):
                key = tuple(
                    (column.row + k, scale) for column, (_, scale) in zip(columns, lookup.components, strict=True)
                )
                segment = LeafSegment(lookup.table, columns[0].row_pattern(k, st.row_vars), k << st.row_vars)
                found.setdefault((False, key), []).append(segment)
        for index, table in enumerate(st.tables):
            column = st.columns[table.multiplicities]
            for k in range(column.row_count(st.row_vars)):
                segment = LeafSegment(index, column.row_pattern(k, st.row_vars), k << st.row_vars)
                found.setdefault((True, ((column.row + k, 1),)), []).append(segment)
        return tuple(LeafRow(is_table, key, tuple(segments)) for (is_table, key), segments in found.items())

    @property
    def leaf_vars(self) -> int:
        """The number of variables of the lookup tree's leaves."""
        return num_bits(len(self.leaf_rows)) + self.statement.row_vars

    @cached_property
    def tuple_width(self) -> int:
        """The largest number of components in a leaf: a table that nobody looks up has leaves too."""
        return max((table.width for table in self.statement.tables), default=1)

    @cached_property
    def num_lookups(self) -> int:
        """The number of real entries looked up, tables not counted."""
        return sum(self.statement.columns[lookup.components[0][0]].size for lookup in self.statement.lookups)

    @cached_property
    def num_products(self) -> int:
        """The number of multiplications that the contractions state: of one inference."""
        return sum(prod(relation.extents) for relation in self.statement.contractions if relation.left is not None)

    @cached_property
    def num_vanish_entries(self) -> int:
        """The number of real entries of all Vanish relations."""
        return sum(prod(vanish.factors[0].dims) for vanish in self.statement.vanishes)

    @cached_property
    def row_patterns(self) -> dict[int, RowPattern]:
        """The real cells of every row of A that a column touches."""
        found: dict[int, list[SlotPattern]] = {}
        for column in self.statement.columns:
            if column.oracle is Oracle.WITNESS:
                for k in range(column.row_count(self.statement.row_vars)):
                    pattern = column.row_pattern(k, self.statement.row_vars)
                    found.setdefault(column.row + k, []).append(pattern)
        return {row: tuple(sorted(slots, key=lambda s: (s.slot << 8) - s.slot_vars)) for row, slots in found.items()}

    @cached_property
    def padding_groups(self) -> tuple[tuple[RowPattern, tuple[int, ...]], ...]:
        """The rows of A that have padded cells, grouped by pattern, in order of first row."""
        groups: dict[RowPattern, list[int]] = {}
        for row, pattern in sorted(self.row_patterns.items()):
            if not pattern_is_full(pattern):
                groups.setdefault(pattern, []).append(row)
        return tuple((pattern, tuple(rows)) for pattern, rows in groups.items())
