"""Windows that slide: cases of convolutions and maxima, as (operation, shapes of inputs, operations before it)."""

from __future__ import annotations

import numpy as np

from zkinfer.network.combine import Combine
from zkinfer.network.convolution import Convolution
from zkinfer.network.max_pool import MaxPool
from zkinfer.network.rearrange import Transpose
from zkinfer.network.rescale import Rescale


def small(*shape, seed=1, reach=9):
    """Small integers of either sign."""
    return np.random.default_rng(seed).integers(-reach, reach + 1, shape)


WINDOWS = {
    "convolution": (
        Convolution((2, 1), (1, 2), (1, 0), (0, 2), 1, (), small(4, 3, 3, 2), small(4)),
        [(1, 3, 7, 6)],
        (),
    ),
    "pointwise convolution": (
        Convolution((1, 1), (1, 1), (0, 0), (0, 0), 1, (), small(5, 3, 1, 1)),
        [(1, 3, 4, 3)],
        (),
    ),
    "depthwise convolution": (
        Convolution((1, 1), (1, 1), (1, 1), (1, 1), 4, (), small(4, 1, 3, 3)),
        [(1, 4, 5, 5)],
        (),
    ),
    "grouped convolution": (Convolution((1, 2), (1, 1), (0, 1), (1, 0), 2, (), small(6, 2, 2, 3)), [(1, 4, 5, 6)], ()),
    "convolution in one axis": (Convolution((2,), (2,), (1,), (3,), 1, (), small(4, 3, 3), small(4)), [(1, 3, 11)], ()),
    "convolution of one channel": (
        Convolution((1, 1), (1, 1), (1, 1), (1, 1), 1, (), small(2, 1, 3, 3)),
        [(1, 1, 5, 4)],
        (),
    ),
    "convolution to one channel": (
        Convolution((1, 1), (1, 1), (0, 0), (0, 0), 1, (), small(1, 3, 2, 2)),
        [(1, 3, 5, 4)],
        (),
    ),
    "convolution to one place": (
        Convolution((1, 1), (1, 1), (0, 0), (0, 0), 1, (), small(3, 2, 4, 4)),
        [(1, 2, 4, 4)],
        (),
    ),
    "convolution of one place": (
        Convolution((1, 1), (1, 1), (0, 0), (0, 0), 1, (), small(3, 2, 1, 1)),
        [(1, 2, 1, 1)],
        (),
    ),
    "convolution of other views": (
        Convolution((1, 1), (1, 1), (1, 1), (1, 1), 1, (), small(2, 5, 3, 3)),
        [(1, 3, 4, 5)],
        (Transpose((0, 3, 1, 2)),),
    ),
    "convolution of images": (
        Convolution((2, 1), (1, 2), (1, 0), (0, 2), 1, (), small(4, 3, 3, 2), small(4)),
        [(3, 3, 5, 4)],
        (),
    ),
    "grouped convolution of images in one axis": (
        Convolution((3,), (2,), (1,), (3,), 2, (), small(4, 2, 2)),
        [(2, 4, 9)],
        (),
    ),
    "convolution of images of one place": (
        Convolution((1, 1), (1, 1), (1, 1), (1, 1), 1, (), small(2, 3, 3, 3)),
        [(3, 3, 1, 1)],
        (),
    ),
    "convolution of images of one channel": (
        Convolution((1, 1), (1, 1), (0, 0), (0, 0), 1, (), small(1, 1, 2, 2)),
        [(3, 1, 3, 4)],
        (),
    ),
    "convolution in three axes": (
        Convolution((1, 2, 1), (2, 1, 1), (1, 0, 1), (0, 1, 2), 1, (), small(3, 2, 2, 3, 2), small(3)),
        [(1, 2, 4, 5, 3)],
        (),
    ),
    "depthwise convolution of images in three axes": (
        Convolution((2, 1, 3), (1, 1, 1), (0, 1, 0), (0, 1, 0), 2, (), small(2, 1, 2, 2, 2)),
        [(2, 2, 4, 3, 5)],
        (),
    ),
    "convolution of a flat volume": (
        Convolution((1, 1, 1), (1, 1, 1), (1, 0, 0), (1, 0, 0), 1, (), small(2, 1, 3, 1, 1)),
        [(1, 1, 1, 1, 4)],
        (),
    ),
    "convolution along the first of three axes": (
        Convolution((1, 1, 1), (1, 1, 1), (0, 0, 0), (0, 0, 0), 1, (), small(2, 2, 3, 1, 1)),
        [(1, 2, 5, 1, 1)],
        (),
    ),
    "window sum in three axes": (
        Convolution((2, 1, 1), (1, 1, 1), (1, 0, 0), (0, 1, 0), 1, (3, 2, 2), factor=2),
        [(2, 2, 5, 3, 3)],
        (),
    ),
    "largest of windows of images": (MaxPool((3, 2), (2, 1), (1, 1), (1, 0), (0, 1), -128), [(3, 2, 5, 4)], ()),
    "largest of windows in three axes": (
        MaxPool((2, 1, 2), (1, 1, 2), (1, 1, 1), (1, 0, 0), (0, 0, 1), -128),
        [(2, 2, 3, 2, 5)],
        (),
    ),
    "window sum": (Convolution((2, 2), (1, 1), (1, 0), (0, 1), 1, (3, 2), factor=-3), [(1, 3, 7, 5)], ()),
    "largest of a window": (MaxPool((2, 2), (2, 2), (1, 1), (0, 0), (0, 0), -128), [(1, 3, 6, 4)], ()),
    "largest of overlapping windows": (MaxPool((3, 3), (2, 2), (1, 1), (1, 1), (1, 0), -128), [(1, 2, 7, 6)], ()),
    "largest of dilated windows": (MaxPool((2, 3), (1, 2), (3, 1), (0, 1), (1, 0), -200), [(1, 1, 6, 7)], ()),
    "largest along one axis": (MaxPool((3,), (2,), (1,), (1,), (1,), -128), [(1, 4, 9)], ()),
    "largest of clamped codes": (
        MaxPool((2, 2), (1, 1), (1, 1), (1, 1), (0, 0), -30),
        [(1, 2, 5, 4)],
        (Rescale(1, -30, 30),),
    ),
    "largest of wide sums": (
        MaxPool((2, 3), (1, 2), (1, 1), (1, 0), (0, 1), -640_000),
        [(1, 2, 4, 5)],
        (Combine((5000,)),),
    ),
    "largest of everything": (MaxPool((2, 3), (1, 1), (1, 1), (0, 0), (0, 0), -128), [(1, 2, 2, 3)], ()),
    "convolution of an entry": (
        Convolution((1, 1), (1, 1), (2, 0), (1, 1), 1, (), small(2, 1, 1, 2), small(2)),
        [(1, 1, 1, 1)],
        (),
    ),
    "largest of an entry": (MaxPool((3,), (1,), (1,), (1,), (1,), -200), [(1, 1, 1)], ()),
}
