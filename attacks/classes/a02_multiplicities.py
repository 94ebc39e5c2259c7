"""The multiplicities do not count the lookups: off by one, moved, scaled, or turned about mod p."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from attacks.attack import Attack, Forged
from attacks.cells import Cells
from attacks.networks import mixed, rectified
from attacks.witnesses import LOOKUP, Edit, edited
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.limits import MAX_LEAF_ROWS
from zkinfer_verify.statement.relations import Lookup

INPUTS, LIMBS = ("table1.multiplicities", 10), ("table2.multiplicities", 16)


def added(cells: Cells, *, at: dict[int, int]) -> None:
    """Add to counts of the limbs' table."""
    for row, by in at.items():
        cells.add(LIMBS[0], (row,), by)


def scaled(cells: Cells, *, by: int) -> None:
    """Multiply all counts mod p."""
    for name, size in (INPUTS, LIMBS):
        for row in range(size):
            cells.set(name, (row,), by * cells.get(name, (row,)))


def negated(cells: Cells) -> None:
    """A count m becomes p - m."""
    cells.set(LIMBS[0], (0,), P - cells.get(LIMBS[0], (0,)))


def as_many_as_one_likes() -> Forged:
    """State so many lookups that their number could leave the range in which counts mod p are counts."""
    statement = mixed()[0].statement
    more = tuple(Lookup(1, ((0, scale),)) for scale in range(2, 2 + MAX_LEAF_ROWS // 8))
    return Forged(replace(statement, lookups=statement.lookups + more), b"")


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    cases: dict[str, Edit] = {
        "one count too high": partial(added, at={3: 1}),
        "one count too low": partial(added, at={0: -1}),
        "a count moved to another row": partial(added, at={3: 1, 4: -1}),
        "counts changed by p in sum": partial(added, at={3: P - 2, 4: 1, 5: 1}),
        "counts doubled": partial(scaled, by=2),
        "counts of zero": partial(scaled, by=0),
        "a count turned to p - m": negated,
    }
    for name, edit in cases.items():
        yield edited(name, edit, LOOKUP, relation="table [12]", network=rectified, recount=False)
    yield Attack("more lookups than can be counted", as_many_as_one_likes, "too many rows of lookups")
