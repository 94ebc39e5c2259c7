"""The loop: mutate, run, keep what ends in a way that was not seen before, stop at nothing, report every finding.

Which reason an input is refused for stands for the code that it reached; `fuzz/guided.py` counts edges instead.
"""

import hashlib
import re
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzz.target import Target

SECONDS_PER_INPUT = 2.0
MEGABYTES = 256
KEPT = 400
MOST_BYTES = 1 << 17
VARIABLE = re.compile(r"-?\d+|'[^']*'|\([^()]*\)|[0-9a-f]{16,}")


@dataclass
class Report:
    """How a run went. reasons: how often each ending was seen, numbers left out; findings: (what, input)."""

    target: str
    seed: int
    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    megabytes: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, bytes]] = field(default_factory=list)


def peak_megabytes() -> int:
    """Return the most memory that this process has had."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def fuzz(target: Target, seed: int, *, seconds: float = float("inf"), inputs: int = sys.maxsize) -> Report:
    """Fuzz a target for so long, or so many inputs; the same inputs for the same seed."""
    report, draw = Report(target.name, seed), Random(f"{target.name} {seed}")
    kept = list(target.seeds())
    for data in kept:
        _try(target, data, report)
    before, start = peak_megabytes(), time.monotonic()
    while report.inputs < inputs and time.monotonic() - start < seconds:
        data = target.mutate(draw, draw.choice(kept), kept)[:MOST_BYTES]
        known = len(report.reasons)
        _try(target, data, report)
        if len(report.reasons) > known:
            kept.append(data)
            if len(kept) > KEPT:
                kept.pop(draw.randrange(len(kept)))
    report.seconds = time.monotonic() - start
    report.megabytes = peak_megabytes() - before
    if report.megabytes > MEGABYTES:
        report.findings.append((f"the process grew by {report.megabytes} megabytes", b""))
    return report


def _try(target: Target, data: bytes, report: Report) -> None:
    start = time.process_time()
    try:
        reason = target.run(data)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        reason = f"{type(error).__name__}: {error}"
        if not any(_kind(reason) == _kind(found) for found, _ in report.findings):
            report.findings.append((reason, data))
    seconds = time.process_time() - start
    if seconds > SECONDS_PER_INPUT:
        report.findings.append((f"took {seconds:.1f} s", data))
    report.slowest = max(report.slowest, seconds)
    report.inputs += 1
    report.reasons[_kind(reason)] += 1


def _kind(reason: str) -> str:
    """Leave out of a reason what differs from input to input."""
    return VARIABLE.sub("#", reason)[:120]


def save_findings(report: Report, folder: Path) -> list[Path]:
    """Write each finding's input, named by its digest."""
    paths = []
    for _, data in report.findings:
        path = folder / report.target / hashlib.sha256(data).hexdigest()[:16]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    return paths
