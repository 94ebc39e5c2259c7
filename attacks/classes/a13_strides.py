"""A convolution steps further, or less far, than stated: stride, dilation, the place of an output."""

from collections.abc import Iterator

import numpy as np

from attacks.attack import Attack
from attacks.convolutions import another, changed
from zkinfer.execute.fast import convolution
from zkinfer.graph.convolution import Convolution


def moved(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Every row of sums is the next one, the last one the first."""
    return np.roll(convolution(x, op), -1, axis=0)


def transposed(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Rows and columns of the sums change places."""
    return convolution(x, op).transpose(1, 0, 2)


def flipped(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Convolve in the mathematician's sense: the kernel upside down."""
    return changed(kernel=np.ascontiguousarray(op.kernel[:, ::-1, ::-1]))(x, op)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield another("rows at a stride of three", changed(stride=(3, 1), padding=(1, 0, 2, 1)))
    yield another("rows at a stride of one", changed(stride=(1, 1), padding=(0, 0, 0, 1), dilation=(2, 2)))
    yield another("no dilation", changed(dilation=(1, 1), padding=(1, 0, 0, 0)))
    yield another("a dilation of three", changed(dilation=(1, 3), padding=(1, 0, 0, 2)))
    yield another("sums moved by a row", moved)
    yield another("rows and columns exchanged", transposed)
    yield another("a kernel upside down", flipped)
