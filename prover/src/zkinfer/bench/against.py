"""A record against an earlier one: ratios within each run, since machines and hours differ in all seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zkinfer.bench.record import Record

TOLERANCE = 0.25
BYTES_TOLERANCE = 0.03
LEAST_SHARE = 0.02  # of the proof's seconds: a shorter step is noise


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
    """What both records hold. Positions are random, so the bytes of Merkle paths vary."""
    seconds_before, seconds_after = (dict(_seconds(record)) for record in (before, after))
    least_before, least_after = (LEAST_SHARE * record["prove_seconds"]["core"]["median"] for record in (before, after))
    unit_before, unit_after = (record["calibration_seconds"]["median"] for record in (before, after))
    changes = [
        Change(name, seconds_before[name] / unit_before, seconds / unit_after, TOLERANCE)
        for name, seconds in seconds_after.items()
        if seconds > least_after and seconds_before.get(name, 0.0) > least_before
    ]
    for name in ("setup_peak_memory_bytes", "prove_peak_memory_bytes"):
        changes.append(Change(name, before[name], after[name], TOLERANCE))
    return [*changes, Change("proof_bytes", before["proof_bytes"], after["proof_bytes"], BYTES_TOLERANCE)]


def _seconds(record: Record) -> Iterator[tuple[str, float]]:
    yield "inference, plain NumPy", record["inference_seconds"]["plain_numpy"]["median"]
    yield "inference, fast integers", record["inference_seconds"]["fast_integers"]["median"]
    yield "read", record["read_seconds"]["median"]
    yield "verify, native kernels", record["verify_native_seconds"]["median"]
    yield "verify, pure Python", record["verify_plain_seconds"]["median"]
    for command in ("setup", "prove"):
        whole = record[f"{command}_seconds"]
        yield command, whole["total"]["median"]
        for name, spread in whole["by_step"].items():
            yield f"{command}: {name}", spread["median"]
