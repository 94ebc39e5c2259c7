"""Which cells of a row are real: 1_real as a vector."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from zkinfer_verify.statement.column import RowPattern


@lru_cache(maxsize=32)
def real_cells(pattern: RowPattern, size: int) -> NDArray[np.bool_]:
    """Return whether each of a row's `size` cells is real: products of prefixes in slots; read only."""
    real = np.zeros(size, dtype=np.bool_)
    for slot in pattern:
        width = size >> slot.slot_vars
        inside = np.ones(1, dtype=np.bool_)
        for free, count in slot.pieces:
            inside = np.outer(inside, np.arange(1 << free) < count).reshape(-1)
        real[slot.slot * width : (slot.slot + 1) * width] = inside
    real.flags.writeable = False
    return real
