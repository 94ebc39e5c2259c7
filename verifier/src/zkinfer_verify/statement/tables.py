"""Public lookup tables: a range of consecutive integers, alone or with a function of them.

A row is x, or (x, f(x)), for an integer x of the range. The function is given in runs of rows on which it changes
by a constant step: a clamp is three runs, a requantisation one for each code, any function at worst one for each row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zkinfer_verify.field.extension import ZERO, Ext
from zkinfer_verify.poly.eq import prefix_identity, prefix_indicator
from zkinfer_verify.poly.vectors import Vectors


@dataclass(frozen=True)
class Run:
    """The values first, first + step, .., `count` of them, one a row."""

    count: int
    first: int
    step: int

    @property
    def last(self) -> int:
        """The last value."""
        return self.first + self.step * (self.count - 1)


@dataclass(frozen=True)
class Table:
    """The rows of x = lo, lo + 1, .., lo + size - 1.

    multiplicities: index of the column that counts how often each row is looked up; its dims are (size,). image: the
    runs of f, `size` rows in all; none where a row is x alone.
    """

    lo: int
    size: int
    multiplicities: int
    image: tuple[Run, ...] = ()

    @property
    def width(self) -> int:
        """The number of components of a row."""
        return 2 if self.image else 1

    def runs(self, component: int) -> tuple[Run, ...]:
        """Return a component of the rows in runs: 0 for x, 1 for f(x)."""
        return self.image if component else (Run(self.size, self.lo, 1),)

    def span(self, component: int) -> tuple[int, int]:
        """Return the smallest and the largest value of a component."""
        ends = [end for run in self.runs(component) for end in (run.first, run.last)]
        return min(ends), max(ends)

    def segment(self, component: int, start: int, count: int, point: Sequence[Ext], vectors: Vectors) -> Ext:
        """Return sum over v < count of value[start + v] * eq(point, v): the table's part in one row of cells.

        value: a component of the rows. Where its runs are short, it is quicker row by row than run by run.
        """
        if component and len(self.image) * len(point) > self.size:
            values = [run.first + run.step * k for run in self.image for k in range(run.count)][start : start + count]
            return vectors.dot(vectors.from_elements([Ext(value) for value in values]), vectors.eq_table(point))
        out, mass, moment = ZERO, ZERO, ZERO
        for end, value, step in _within(self.runs(component), start, start + count):
            # The run's sums over eq and v eq are those up to its end less those up to its start.
            mass_end, moment_end = prefix_indicator(end, point), prefix_identity(end, point)
            out = out + (mass_end - mass) * value + (moment_end - moment) * step
            mass, moment = mass_end, moment_end
        return out


def _within(runs: Sequence[Run], start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Cut runs to the rows start .. stop - 1; yields (end, value at row `start`, step), rows counted from `start`."""
    first = 0
    for run in runs:
        if first < stop and first + run.count > start:
            yield min(first + run.count, stop) - start, run.first + run.step * (start - first), run.step
        first += run.count
