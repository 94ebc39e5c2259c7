"""Give columns their places: large ones rows of their own, small ones aligned slots in shared rows.

Small columns of one bundle lie at one offset in parallel rows, so that their forms are claimed at one point. Rows are
shared by columns that are looked up alike, so that a shared row is one row of leaves for each scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zkinfer.program.builder import Draft
from zkinfer_verify.statement.column import Column, Oracle
from zkinfer_verify.statement.relations import Lookup

Kind = tuple[object, ...]


@dataclass(frozen=True)
class Placed:
    """Columns with places, and the rows of W and of A."""

    columns: tuple[Column, ...]
    weight_rows: int
    witness_rows: int


def place_columns(drafts: Sequence[Draft], lookups: Sequence[Lookup], row_vars: int) -> Placed:
    """Place all columns in rows of 2^row_vars cells."""
    kinds = _kinds(drafts, lookups)
    planner = _Planner(row_vars)
    bundles: dict[tuple[Oracle, str], list[int]] = {}
    for index, draft in enumerate(drafts):
        bundles.setdefault((draft.oracle, draft.bundle), []).append(index)
    for members in bundles.values():
        planner.place([(index, drafts[index], kinds[index]) for index in members])
    columns = tuple(planner.placed[index] for index in range(len(drafts)))
    return Placed(columns, planner.rows[Oracle.WEIGHTS], planner.rows[Oracle.WITNESS])


def _kinds(drafts: Sequence[Draft], lookups: Sequence[Lookup]) -> list[Kind]:
    """Return how each column is looked up: role, and of each lookup its width, the column's place in it, and scale."""
    uses: list[list[tuple[int, int, int]]] = [[] for _ in drafts]
    for lookup in lookups:
        for component, (index, scale) in enumerate(lookup.components):
            uses[index].append((len(lookup.components), component, scale))
    return [(draft.oracle, draft.role, *sorted(found)) for draft, found in zip(drafts, uses, strict=True)]


class _Planner:
    def __init__(self, row_vars: int) -> None:
        self.row_vars = row_vars
        self.rows = {Oracle.WEIGHTS: 0, Oracle.WITNESS: 0}
        self.placed: dict[int, Column] = {}
        self.shared: dict[Kind, list[list[int]]] = {}  # for each kind: [row, first free cell]

    def place(self, members: Sequence[tuple[int, Draft, Kind]]) -> None:
        """Place one bundle."""
        small = []
        for index, draft, kind in members:
            column = Column(draft.name, draft.oracle, draft.role, draft.dims, 0, 0, draft.lo, draft.hi)
            if column.num_vars >= self.row_vars:
                self._put(index, column, self._new_rows(draft.oracle, column.row_count(self.row_vars)), 0)
            else:
                small.append((index, column, kind))
        if small:
            self._place_small(small)

    def _place_small(self, members: Sequence[tuple[int, Column, Kind]]) -> None:
        """Find parallel shared rows with one free offset for all members, or open new ones."""
        slot = 1 << max(column.num_vars for _, column, _ in members)
        wanted: dict[Kind, int] = {}
        for _, _, kind in members:
            wanted[kind] = wanted.get(kind, 0) + 1
        lines = {kind: self.shared.get(kind, [])[-count:] for kind, count in wanted.items()}
        fits = all(len(lines[kind]) == count for kind, count in wanted.items())
        offset = max((free for rows in lines.values() for _, free in rows), default=0)
        offset = -(-offset // slot) * slot
        if not fits or offset + slot > 1 << self.row_vars:
            offset = 0
            for _, column, kind in members:
                self.shared.setdefault(kind, []).append([self._new_rows(column.oracle, 1), 0])
            lines = {kind: self.shared[kind][-count:] for kind, count in wanted.items()}
        taken = dict.fromkeys(wanted, 0)
        for index, column, kind in members:
            line = lines[kind][taken[kind]]
            taken[kind] += 1
            line[1] = offset + slot
            self._put(index, column, line[0], offset)

    def _new_rows(self, oracle: Oracle, count: int) -> int:
        self.rows[oracle] += count
        return self.rows[oracle] - count

    def _put(self, index: int, column: Column, row: int, offset: int) -> None:
        self.placed[index] = Column(
            column.name, column.oracle, column.role, column.dims, row, offset, column.lo, column.hi
        )
