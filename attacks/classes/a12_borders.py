"""A convolution reads something else than zeros beyond the border of its input."""

from collections.abc import Iterator

import numpy as np

from attacks.attack import Attack
from attacks.convolutions import another, bordered, changed


def framed(x: np.ndarray) -> np.ndarray:
    """Return the input with the stated border: a row of zeros above, a column of zeros to the right."""
    return np.pad(x, ((1, 0), (0, 1), (0, 0)))


def next_row(x: np.ndarray) -> np.ndarray:
    """Read x[i, width] as x[i + 1, 0], as memory has it."""
    frame = framed(x)
    frame[1:-1, -1] = x[1:, 0]
    return frame


def previous_row(x: np.ndarray) -> np.ndarray:
    """Read x[i, width] as x[i - 1, 0]."""
    frame = framed(x)
    frame[2:, -1] = x[:-1, 0]
    return frame


def ones(x: np.ndarray) -> np.ndarray:
    """Read ones."""
    return np.pad(x, ((1, 0), (0, 1), (0, 0)), constant_values=1)


def edge(x: np.ndarray) -> np.ndarray:
    """Repeat the last column and the first row."""
    return np.pad(x, ((1, 0), (0, 1), (0, 0)), mode="edge")


def around(x: np.ndarray) -> np.ndarray:
    """Go round: the first column follows the last one, the last row precedes the first one."""
    return np.pad(x, ((1, 0), (0, 1), (0, 0)), mode="wrap")


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield another("the next row's first entry", bordered(next_row))
    yield another("the previous row's first entry", bordered(previous_row))
    yield another("a border of ones", bordered(ones))
    yield another("the edge repeated", bordered(edge))
    yield another("around the torus", bordered(around))
    yield another("one row below in place of above", changed(padding=(0, 0, 1, 1)))
    yield another("one column left in place of right", changed(padding=(1, 1, 0, 0)))
