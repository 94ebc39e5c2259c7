"""A pytest session that runs its tests against mutants: each in a fork of the session, after everything is imported.

First every test runs once, in a fork too, with its lines of the verifier recorded. A mutant then meets the tests that
run its lines until one fails: first the one that killed it before, if that is known, then those that killed others of
its file, then the quickest. A test that runs no line of the verifier reads values: it meets every constant.
"""

import hashlib
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.forks import in_fork
from tests.mutation.mutants import Mutant
from tests.mutation.swap import forget_results, swap

MOST_SECONDS = 60.0
MOST_PROVEN = 8


@dataclass(frozen=True)
class Result:
    """What became of a mutant. killed_by: the test that failed, "timeout", or None for a survivor."""

    mutant: Mutant
    killed_by: str | None
    tests: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """One test: what it needs and which lines of the verifier it runs, by file."""

    seconds: float
    passed: bool
    lines: dict[str, list[int]]


class MutationSession:
    """The plugin: in place of pytest's loop, map the tests and then try the mutants."""

    def __init__(
        self, package: Path, mutants: Sequence[Mutant], killed_before: dict[str, str], map_file: Path, report: Any
    ) -> None:
        self.package, self.mutants, self.map_file, self.report = package, mutants, map_file, report
        self.killed_before = killed_before
        self.results: list[Result] = []
        self.failing: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Map, then try."""
        forget_results()
        items = {item.nodeid: item for item in session.items}
        runs = self._map(items)
        self.failing = [name for name, run in runs.items() if not run.passed]
        order = sorted((name for name, run in runs.items() if run.passed), key=lambda name: runs[name].seconds)
        killers: dict[str, list[str]] = {}
        for mutant in self.mutants:
            proven = killers.setdefault(mutant.file, [])
            likely = [name for name in (self.killed_before.get(mutant.name), *proven) if name in order]
            chosen = [items[name] for name in dict.fromkeys((*likely, *order)) if _meets(runs[name], mutant)]
            result = _try(mutant, chosen, [runs[item.nodeid].seconds for item in chosen])
            if result.killed_by in items:
                # The test that failed last comes first: what kills one part of a check often kills the next.
                proven[:] = [result.killed_by, *(name for name in proven if name != result.killed_by)][:MOST_PROVEN]
            self.results.append(result)
            self.report(result)
        return True

    def _map(self, items: dict[str, pytest.Item]) -> dict[str, Run]:
        """Run each test once; what an earlier session learned of the same test and verifier is read from its file."""
        self.map_file.parent.mkdir(parents=True, exist_ok=True)
        self.map_file.touch()
        known = {line["test"]: line for line in map(json.loads, self.map_file.read_text().splitlines())}
        verifier = b"".join(path.read_bytes() for path in sorted(self.package.rglob("*.py")))
        found: dict[str, Run] = {}
        for name, item in items.items():
            stamp = hashlib.sha256(verifier + item.path.read_bytes()).hexdigest()
            line = known.get(name)
            if line is None or line["stamp"] != stamp:
                start = time.perf_counter()
                lines = in_fork(partial(_covered, item, self.package), MOST_SECONDS)
                line = {"test": name, "stamp": stamp, "seconds": time.perf_counter() - start, "lines": lines}
                with self.map_file.open("a") as file:
                    file.write(json.dumps(line) + "\n")
            found[name] = Run(line["seconds"], line["lines"] is not None, line["lines"] or {})
        return found


def one_thread() -> None:
    """Import the prover on its plain kernels: a fork has none of the threads that the others start."""
    import zkinfer.kernels
    from zkinfer.kernels import plain

    sys.modules["zkinfer.kernels.native"] = zkinfer.kernels.native = plain


def _meets(run: Run, mutant: Mutant) -> bool:
    return (mutant.is_constant and not run.lines) or any(
        not lines.isdisjoint(run.lines.get(file, ())) for file, lines in mutant.sites.items()
    )


def _covered(item: pytest.Item, package: Path) -> dict[str, list[int]] | None:
    """Run a test; return the lines of the verifier that it runs, or None when it fails."""
    tracer = coverage.Coverage(data_file=None, include=[f"{package}/*"], config_file=False, messages=False)
    tracer.set_option("run:disable_warnings", ["no-data-collected"])
    tracer.start()
    reports = runtestprotocol(item, nextitem=None, log=False)
    tracer.stop()
    if any(report.failed for report in reports):
        return None
    data = tracer.get_data()
    return {
        Path(file).relative_to(package).as_posix(): sorted(data.lines(file) or ()) for file in data.measured_files()
    }


def _try(mutant: Mutant, chosen: Sequence[pytest.Item], expected: Sequence[float]) -> Result:
    start = time.perf_counter()
    answer = in_fork(partial(_first_failure, mutant, chosen, expected), MOST_SECONDS) or ("timeout", len(chosen))
    return Result(mutant, answer[0], answer[1], time.perf_counter() - start)


def _first_failure(mutant: Mutant, chosen: Sequence[pytest.Item], expected: Sequence[float]) -> tuple[str | None, int]:
    """Return the test that fails on a mutant, and how many were run; a test that hangs ends the process."""
    swap(mutant.module, mutant.change.holder, mutant.change.source)
    for k, item in enumerate(chosen):
        signal.setitimer(signal.ITIMER_REAL, max(MOST_SECONDS, 4 * expected[k]))
        following = chosen[k + 1] if k + 1 < len(chosen) else None
        try:
            reports = runtestprotocol(item, nextitem=following, log=False)
        except BaseException:  # a mutant may break anything, pytest's own work included
            return item.nodeid, k + 1
        if any(report.failed for report in reports):
            return item.nodeid, k + 1
    return None, len(chosen)
