"""This machine's calibration as a record holds it: what the regression check divides seconds by."""

from __future__ import annotations

from zkinfer.bench.fresh import in_fresh_process
from zkinfer.bench.record import spread
from zkinfer.report import calibration


def calibrate(threads: int) -> dict[str, float]:
    """Seconds of the calibration in a process of its own: median and spread."""
    return in_fresh_process(threads, _calibrate)


def _calibrate() -> dict[str, float]:
    return spread(calibration.calibrate())
