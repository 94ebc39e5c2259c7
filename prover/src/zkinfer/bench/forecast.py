"""The model of the cost beside what was measured: what `zkinfer estimate` would have said, and the counts behind it."""

from __future__ import annotations

from collections.abc import Mapping

from zkinfer.bench.record import Record
from zkinfer.report.counts import memory_counts, prove_counts, setup_counts, verify_counts
from zkinfer.report.estimate import estimate_prove, estimate_setup, estimate_verify
from zkinfer_verify.check.run import Prepared

STAGES = {"setup": "setup_seconds", "prove": "prove_seconds", "verify": "verify_native_seconds"}


def calibrations(record: Record) -> dict[str, float]:
    """What the calibration took while each stage was measured, in seconds."""
    return {stage: record[name]["calibration"]["median"] for stage, name in STAGES.items()}


def forecast(prepared: Prepared, calibration: Mapping[str, float]) -> Record:
    """What is expected of a statement, on a machine whose calibration takes so many seconds at each stage's time.

    In the names of `measured`, with the counts that the constants are fitted to: `python -m benches.fit` reads nothing
    but records.
    """
    setup, prove = estimate_setup(prepared, calibration["setup"]), estimate_prove(prepared, calibration["prove"])
    return {
        "forecast": {
            "setup_seconds": setup.seconds,
            "prove_seconds": prove.seconds,
            "verify_seconds": estimate_verify(prepared, calibration["verify"]),
            "setup_peak_memory_bytes": setup.memory_bytes,
            "prove_peak_memory_bytes": prove.memory_bytes,
            "proof_bytes": prove.disk_bytes,
        },
        "counts": {
            "setup": setup_counts(prepared),
            "prove": prove_counts(prepared),
            "verify": verify_counts(prepared),
            "memory": memory_counts(prepared),
        },
    }


def measured(record: Record) -> dict[str, float]:
    """What a record measured of that which is forecast; a proof from the input in memory to its bytes."""
    return {
        "setup_seconds": record["setup_seconds"]["total"]["median"],
        "prove_seconds": record["prove_seconds"]["core"]["median"],
        "verify_seconds": record["verify_native_seconds"]["median"],
        "setup_peak_memory_bytes": record["setup_peak_memory_bytes"],
        "prove_peak_memory_bytes": record["prove_peak_memory_bytes"],
        "proof_bytes": record["proof_bytes"],
    }
