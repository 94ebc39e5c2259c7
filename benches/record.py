"""Records of what runs for hours, campaigns and fuzzing: the machine, the commit, and what the caller counted."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zkinfer.bench import record as bench
from zkinfer.bench.record import commit, machine

__all__ = ["commit", "write_record"]


def write_record(path: Path, measured: dict[str, Any]) -> dict[str, Any]:
    """Write a record, whole or not at all; returns it."""
    record = {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": commit(),
        "machine": machine(),
        "load_before": os.getloadavg()[0],
        **measured,
    }
    bench.write_record(path, record)
    return record
