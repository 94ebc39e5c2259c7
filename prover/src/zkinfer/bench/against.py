"""A record against an earlier one: ratios within each run, since machines and hours differ in all seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zkinfer.bench.figures import figures_of
from zkinfer.bench.record import Record
from zkinfer_verify.errors import UsageError

TOLERANCE = 0.25
BYTES_TOLERANCE = 0.03  # positions are random, so the bytes of Merkle paths vary
LEAST_SHARE = 0.02  # of the longest proof's seconds: what is shorter is noise


@dataclass(frozen=True)
class Change:
    """One quantity, then and now; seconds are divided by the calibration of their own run."""

    name: str
    before: float
    after: float
    allowed: float

    @property
    def ratio(self) -> float:
        """How many times the earlier value."""
        return self.after / self.before

    @property
    def regression(self) -> bool:
        """Worse than is allowed."""
        return self.ratio > 1 + self.allowed


def compare(before: Record, after: Record) -> list[Change]:
    """What two records of one benchmark both hold.

    Errors: UsageError when they have nothing in common, as of other sizes.
    """
    then, now = figures_of(before), figures_of(after)
    changes = []
    for name, (value, later) in _both(then.seconds, now.seconds).items():
        if value > LEAST_SHARE * then.longest and later > LEAST_SHARE * now.longest:
            changes.append(Change(name, value / _unit(before), later / _unit(after), TOLERANCE))
    for name, (size, later_size) in _both(then.memory, now.memory).items():
        changes.append(Change(f"{name}, peak memory", size, later_size, TOLERANCE))
    for name, (size, later_size) in _both(then.proof_bytes, now.proof_bytes).items():
        changes.append(Change(f"{name}, bytes", size, later_size, BYTES_TOLERANCE))
    if not changes:
        raise UsageError("The earlier record holds nothing that was measured now; compare records of the same sizes.")
    return changes


def _both(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (before[name], value) for name, value in after.items() if name in before}


def _unit(record: Record) -> float:
    return float(record["calibration_seconds"]["median"])
