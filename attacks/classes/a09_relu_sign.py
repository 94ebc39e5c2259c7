"""ReLU takes a value for one of the other sign, or gives another value than the larger of it and zero."""

from collections.abc import Iterator
from functools import partial

from attacks.attack import Attack
from attacks.cells import Cells
from attacks.networks import mixed, rectified
from attacks.witnesses import AFFINE, LOOKUP, MAXIMUM, RELU, edited, follow_output

WEIGHTS = (1, 2, 3)
"""The last layer of `rectified`. Before its ReLU stand -9, 23 and 0."""


def changed(cells: Cells, *, at: int, value: int, distance: int) -> None:
    """ReLU's value and its distance from what it reads become others; the output follows."""
    by = value - cells.value("relu1", (at,))
    cells.set_value("relu1", (at,), value)
    cells.set_value("relu1.distance0", (at,), distance)
    ((output,),) = cells.outputs
    cells.outputs = ((output + by * WEIGHTS[at],),)


def raised(cells: Cells, *, distance: bool) -> None:
    """A ReLU over committed values gives one more, and so may its distance; the output follows."""
    cells.raise_value("relu2", (0, 0))
    if distance:
        cells.raise_value("relu2.distance0", (0, 0))
    follow_output(cells, (0, 0), 1)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    sign = partial(edited, network=rectified)
    yield sign("a negative value passes", partial(changed, at=0, value=-9, distance=0), LOOKUP, relation="lookup")
    yield sign("the absolute value", partial(changed, at=0, value=9, distance=18), MAXIMUM, relation="vanish 0")
    yield sign("a positive value is cut", partial(changed, at=1, value=0, distance=-23), LOOKUP, relation="lookup")
    yield sign("zero becomes one", partial(changed, at=2, value=1, distance=1), MAXIMUM, relation="vanish 0")
    yield edited(
        "one more at a larger distance", partial(raised, distance=True), RELU, relation="vanish 2", network=mixed
    )
    yield edited(
        "one more at distance zero", partial(raised, distance=False), AFFINE, relation="affine 0", network=mixed
    )
