"""Benchmark records: JSON with the machine, the commit, and the median and spread of several runs."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

FEATURES = ("avx2", "bmi2", "avx512f", "sha_ni")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return minimum, median and maximum."""
    return {"min": min(values), "median": median(values), "max": max(values)}


def machine() -> dict[str, Any]:
    """Describe the machine: processor, its features that matter here, cores, versions."""
    return {
        "processor": _cpu_field("model name") or platform.processor(),
        "features": [name for name in FEATURES if name in _cpu_field("flags").split()],
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _cpu_field(name: str) -> str:
    """Return a field of the first processor, or nothing where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")


def commit() -> str:
    """Return the commit that was measured, with a plus where the tree differs from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def write_record(path: Path, measured: dict[str, Any]) -> dict[str, Any]:
    """Write a record, whole or not at all; returns it."""
    record = {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": commit(),
        "machine": machine(),
        "load_before": os.getloadavg()[0],
        **measured,
    }
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(record, indent=1) + "\n")
    temporary.replace(path)
    return record
