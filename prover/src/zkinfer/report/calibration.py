"""A fixed piece of work that no release changes: what seconds of different machines and hours are divided by."""

import time
from statistics import median

import numpy as np

ENTRIES = 1 << 20
RUNS = 21


def calibrate(runs: int = RUNS) -> list[float]:
    """Return the seconds of the work, run after run; one run before them is not counted."""
    entries = np.arange(ENTRIES, dtype=np.int64)
    np.sum(entries * entries)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        np.sum(entries * entries)
        seconds.append(time.perf_counter() - start)
    return seconds


def calibration_seconds() -> float:
    """Return the median of the work's seconds on this machine, with whatever else it does now."""
    return median(calibrate())
