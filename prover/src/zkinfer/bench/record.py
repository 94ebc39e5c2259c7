"""Benchmark records: JSON with the version, the machine, and the median and spread of several runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from zkinfer.artifacts.staging import write_file
from zkinfer.kernels import native
from zkinfer_verify.errors import UsageError

FEATURES = ("avx2", "bmi2", "avx512f", "sha_ni")
Record = dict[str, Any]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Minimum, median and maximum."""
    return {"min": min(values), "median": median(values), "max": max(values)}


def new_record(benchmark: str, runs: int, threads: int, measured: Record) -> Record:
    """A record of what was measured just now, on this machine."""
    return {
        "benchmark": benchmark,
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "version": version("zkinfer"),
        "commit": commit(),
        "machine": machine(),
        "threads": threads,
        "runs": runs,
        **measured,
    }


def write_record(path: Path, record: Record) -> None:
    """Write a record, whole or not at all."""
    write_file(path, (json.dumps(record, indent=1) + "\n").encode())


def read_record(path: Path, benchmark: str) -> Record:
    """Read a record of one benchmark.

    Errors: UsageError when the file cannot be read, or holds something else.
    """
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); pass a record that --record wrote.") from error
    except ValueError:
        raise UsageError(f"{path}: is not JSON; pass a record that --record wrote.") from None
    if not isinstance(record, dict) or record.get("benchmark") != benchmark:
        raise UsageError(f"{path}: is not a record of {benchmark!r}; pass one that the same benchmark wrote.")
    return record


def machine() -> Record:
    """The processor, its features that matter here, which of them the kernels use, cores, versions."""
    flags = _cpu_field("flags").split()
    return {
        "processor": _cpu_field("model name") or platform.processor(),
        "features": [name for name in FEATURES if name in flags],
        "instructions": native.instructions(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def commit() -> str | None:
    """The commit that runs, with a plus where tracked files differ from it; nothing for an installed wheel."""
    if not _git("ls-files", Path(__file__).name):
        return None
    return f"{_git('rev-parse', '--short=12', 'HEAD')}{'+' if _git('status', '--porcelain', '-uno') else ''}"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
        )
    except OSError:  # no git here
        return ""
    return done.stdout.strip()


def _cpu_field(name: str) -> str:
    """A field of the first processor, or nothing where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")
