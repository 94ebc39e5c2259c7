"""One committed value differs, within its range, and nothing follows it: each relation that reads it fails."""

from collections.abc import Iterator
from functools import partial

from attacks.attack import Attack
from attacks.cells import Cells
from attacks.witnesses import AFFINE, CONVOLUTION, FULL, MOVEMENT, POOLED, RELU, edited

READ_BY = {
    "input": (CONVOLUTION,),
    "relu1.limb0": (CONVOLUTION, MOVEMENT),
    "relu1.limb1": (CONVOLUTION, MOVEMENT),
    "relu1.distance0.limb0": (CONVOLUTION,),
    "relu1.distance3.limb1": (CONVOLUTION,),
    "max_pool2.limb0": (MOVEMENT, AFFINE),
    "max_pool2.limb1": (MOVEMENT, AFFINE),
    "max_pool2.distance1.limb0": (POOLED, MOVEMENT),
    "relu2.limb0": (FULL, AFFINE),
    "relu2.limb1": (FULL, AFFINE),
    "relu2.distance0.limb0": (RELU, AFFINE),
}
"""The constraints that a value's change breaks."""


def another(cells: Cells, *, name: str) -> None:
    """The first entry that can be raised by one is."""
    column = cells.column(name)
    index = cells.first_where(name, lambda value: value < column.hi)
    cells.add(name, index, 1)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    for name, broken in READ_BY.items():
        yield edited(f"another {name}", partial(another, name=name), *broken, relation="contraction|affine|vanish")
