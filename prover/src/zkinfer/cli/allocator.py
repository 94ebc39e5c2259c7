"""How the C library keeps the memory of arrays that are given back."""

from __future__ import annotations

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 1 << 25  # bytes of an array that is taken from what was given back; the C library takes no larger threshold
KEPT = (1 << 31) - 1  # bytes at the end of the heap that stay the process's own


def keep_freed_memory() -> None:
    """Hand the memory of freed arrays out again, instead of giving it back to the system and asking for it anew.

    A page that the system hands out is filled with zeros when it is first touched: that was a tenth of a first proof.
    For a process that is one command; a library leaves its caller's allocator alone. Does nothing without glibc.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST)
        mallopt(M_TRIM_THRESHOLD, KEPT)
