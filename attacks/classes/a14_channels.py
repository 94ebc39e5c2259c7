"""A convolution mixes up channels or weights: groups off by one, outputs exchanged, another bias or kernel."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from attacks.attack import Attack
from attacks.convolutions import another, changed
from zkinfer.execute.fast import convolution
from zkinfer.graph.convolution import Convolution


def shifted(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Each group reads the channel of the next one."""
    return convolution(np.roll(x, -1, axis=2), op)


def one_group(x: np.ndarray, op: Convolution) -> np.ndarray:
    """All groups read the first channel."""
    return convolution(np.repeat(x[:, :, :1], 3, axis=2), op)


def outputs_exchanged(x: np.ndarray, op: Convolution) -> np.ndarray:
    """The sums of two output channels change places."""
    return convolution(x, op)[:, :, [1, 0, 2]]


def bias_moved(x: np.ndarray, op: Convolution) -> np.ndarray:
    """Each output adds the bias of the next one."""
    assert op.bias is not None
    return convolution(x, op) - op.bias + np.roll(op.bias, -1)


def one_weight(x: np.ndarray, op: Convolution) -> np.ndarray:
    """One weight of the kernel is one larger."""
    kernel = op.kernel.copy()
    kernel[0, 1, 1, 0] += 1
    return convolution(x, replace(op, kernel=kernel))


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    yield another("groups off by one", shifted)
    yield another("one group for all", one_group)
    yield another("two outputs exchanged", outputs_exchanged)
    yield another("biases off by one", bias_moved)
    yield another("no bias", changed(bias=None))
    yield another("another weight", one_weight)
