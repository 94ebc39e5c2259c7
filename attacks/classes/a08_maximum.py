"""Max-pooling gives another value than the largest of its window."""

from collections.abc import Iterator

import numpy as np

from attacks.attack import Attack
from attacks.cells import Cells
from attacks.witnesses import CONVOLUTION, LOOKUP, MAXIMUM, MOVEMENT, POOLED, edited, follow_output


def not_attained(cells: Cells) -> None:
    """The maximum and all distances are one larger, and what reads the maximum follows."""
    for name in ("relu1", *(f"relu1.distance{k}" for k in range(4))):
        cells.raise_value(name, (0, 0))
    follow_pool(cells)


def sum_raised(cells: Cells) -> None:
    """The maximum and three distances are one larger: the sum that attains it, maximum - distance, differs."""
    attained = next(k for k in range(4) if cells.value(f"relu1.distance{k}", (0, 0)) == 0)
    for name in ("relu1", *(f"relu1.distance{k}" for k in range(4) if k != attained)):
        cells.raise_value(name, (0, 0))
    follow_pool(cells)


def follow_pool(cells: Cells) -> None:
    """Let the second pooling follow relu1 at (0, 0), one larger but not its window's largest: the distance shrinks."""
    if cells.value("max_pool2.distance0", (0, 0)) < 1:
        raise ValueError("the network's first window has its maximum in another place than this attack expects")
    cells.raise_value("max_pool2.distance0", (0, 0), -1)


def second_largest(cells: Cells) -> None:
    """The other candidate of a window is called its maximum, the largest is at distance -d; the rest follows."""
    distances = ("max_pool2.distance0", "max_pool2.distance1")
    by = {index: max(cells.value(d, index) for d in distances) for index in np.ndindex(2, 3)}
    index = next(i for i, drop in by.items() if 0 < drop <= cells.value("max_pool2", i))
    for name in ("max_pool2", *distances, "relu2"):
        cells.raise_value(name, index, -by[index])
    follow_output(cells, (index[0], index[1]), -by[index])


def one_too_small(cells: Cells) -> None:
    """The maximum is one too small: the largest candidate is at distance -1 = p - 1."""
    index = cells.first_where("max_pool2.limb0", lambda low: low > 1)
    for name in ("max_pool2", "max_pool2.distance0", "max_pool2.distance1", "relu2"):
        cells.raise_value(name, index, -1)
    follow_output(cells, (index[0], index[1]), -1)


def distance_raised(cells: Cells) -> None:
    """A distance of the second pooling differs from maximum - candidate."""
    index = cells.first_where("max_pool2.distance0.limb0", lambda low: 0 < low < 15)
    cells.raise_value("max_pool2.distance0", index)


def windows_exchanged(cells: Cells) -> None:
    """The maxima of two windows change places, with their distances; the rest follows."""
    before = {i: cells.value("relu2", i) for i in np.ndindex(2, 3)}
    for name in ("max_pool2", "max_pool2.distance0", "max_pool2.distance1", "relu2", "relu2.distance0"):
        for limb in cells.limbs(name):
            cells.padded(limb)[:] = cells.padded(limb)[::-1].copy()
    for index, value in before.items():
        follow_output(cells, (index[0], index[1]), cells.value("relu2", index) - value)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield edited("a maximum that no candidate attains", not_attained, MAXIMUM, relation="vanish 0")
    yield edited("the second largest candidate", second_largest, LOOKUP, relation="lookup")
    yield edited("a maximum one too small", one_too_small, LOOKUP, POOLED, relation="lookup")
    yield edited("a candidate raised to the maximum", sum_raised, CONVOLUTION, relation="contraction 0")
    yield edited("another distance", distance_raised, MOVEMENT, relation="contraction 1")
    yield edited("two windows exchanged", windows_exchanged, MOVEMENT, relation="contraction 1")
