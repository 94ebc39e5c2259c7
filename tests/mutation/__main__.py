"""python -m tests.mutation [TEXT ..]: break every check of the verifier in turn; each time some test must fail.

TEXT: only mutants whose name holds it. --json: write a record. --tests: other tests than the usual ones.
Exit codes: 0 each mutant was killed, or is listed as equivalent with its reason; 1 one survived; 2 a test fails alone.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.house.tree import ROOT, VERIFIER
from tests.mutation.mutants import Mutant, every_mutant, reasons
from tests.mutation.session import MutationSession, Result, one_thread

# Without the bit flips, which take minutes, and what starts a process, which would import the unchanged verifier.
TESTS = (
    "tests/rejects",
    "tests/unit",
    "tests/exhaustive",
    "tests/compat/test_vectors.py",
    "tests/oracle/test_spec_bytes.py",
)
LEFT_OUT = ("tests/rejects/test_bit_flips.py",)
MAP = ROOT / "build" / "mutation" / "map.jsonl"


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Break every check in turn.")
    parser.add_argument("texts", metavar="TEXT", nargs="*", help="only mutants whose name holds it")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write a record")
    parser.add_argument("--tests", nargs="+", metavar="PATH", default=TESTS, help="other tests than the usual ones")
    options = parser.parse_args()
    equivalent = reasons()
    named = [mutant for mutant in every_mutant() if not options.texts or any(t in mutant.name for t in options.texts)]
    chosen = [mutant for mutant in named if mutant.name not in equivalent]
    console = Console(stderr=True, width=160)
    start = time.perf_counter()

    def report(result: Result) -> None:
        if result.killed_by is None:
            console.print(f"survived ({result.tests} tests)  {result.mutant.name}", style="red", markup=False)

    one_thread()
    session = MutationSession(VERIFIER, chosen, MAP, report)
    flags = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "timeout=0"]
    flags += [f"--ignore={path}" for path in LEFT_OUT]
    pytest.main([*flags, *options.tests], [session])
    seconds = time.perf_counter() - start
    console.print(_table(session.results, named, equivalent))
    if options.json:
        options.json.write_text(
            json.dumps(_record(session.results, len(named) - len(chosen), seconds), indent=1) + "\n"
        )
    for name in session.failing:
        console.print(f"fails without any mutant: {name}", style="red", markup=False)
    if session.failing or not session.results:
        return 2
    return 1 if any(result.killed_by is None for result in session.results) else 0


def _table(results: list[Result], named: list[Mutant], equivalent: dict[str, str]) -> Table:
    table = Table("file", "mutants", "killed", "equivalent", "survived", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    killed = Counter(result.mutant.file for result in results if result.killed_by)
    survived = Counter(result.mutant.file for result in results if not result.killed_by)
    listed = Counter(mutant.file for mutant in named if mutant.name in equivalent)
    files = Counter(mutant.file for mutant in named)
    for file in sorted(files):
        table.add_row(file, *(str(count[file]) for count in (files, killed, listed, survived)))
    table.add_row("all", *(str(sum(count.values())) for count in (files, killed, listed, survived)))
    return table


def _record(results: list[Result], equivalent: int, seconds: float) -> dict[str, object]:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {
        "commit": commit.stdout.strip(),
        "mutants": len(results) + equivalent,
        "killed": sum(result.killed_by is not None for result in results),
        "equivalent": equivalent,
        "seconds": round(seconds),
        "results": [
            {"mutant": r.mutant.name, "killed_by": r.killed_by, "tests": r.tests, "seconds": round(r.seconds, 2)}
            for r in results
        ],
    }


if __name__ == "__main__":
    os.environ["CI"] = "1"
    sys.exit(main())
