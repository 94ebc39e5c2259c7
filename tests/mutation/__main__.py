"""python -m tests.mutation [TEXT ..]: break every check of the verifier in turn; each time some test must fail.

TEXT: only mutants whose name begins with it, such as check/ or api.py; in this order. --json: write a record, or bring
one up to date: it keeps the verdicts on what is not tried this time, and the test that killed a mutant before is run on
it first. --open: only mutants that the record has no kill of: a run that was ended goes on, and what a few quick tests
let pass meets all. --tests: other tests than the usual ones.
Exit codes: 0 each mutant was killed, or is listed as equivalent with its reason; 1 one survived; 2 a test fails alone.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from tests.house.tree import ROOT, VERIFIER
from tests.mutation.mutants import Mutant, every_mutant, reasons
from tests.mutation.session import MutationSession, Result, one_thread

# Without the bit flips, which take minutes; what starts a process, which would import the unchanged verifier; and the
# tests of the prover's own parts.
TESTS = (
    "tests/rejects",
    "tests/unit",
    "tests/exhaustive",
    "tests/compat/test_vectors.py",
    "tests/oracle/test_spec_bytes.py",
    "tests/oracle/test_accesses_agree.py",
)
LEFT_OUT = (
    "tests/rejects/test_bit_flips.py",
    "tests/unit/test_artifacts.py",
    "tests/unit/test_batches.py",
    "tests/unit/test_check_witness.py",
    "tests/unit/test_plans.py",
    "tests/unit/test_translation.py",
    "tests/unit/test_weight_sums.py",
)
MAP = ROOT / "build" / "mutation" / "map.jsonl"


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Break every check in turn.")
    parser.add_argument("texts", metavar="TEXT", nargs="*", help="only mutants whose name begins with it")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write a record")
    parser.add_argument("--open", action="store_true", help="only mutants that the record has no kill of")
    parser.add_argument("--tests", nargs="+", metavar="PATH", default=TESTS, help="other tests than the usual ones")
    options = parser.parse_args()
    equivalent = reasons()
    killed_before = {
        name: test for of_file in _record(options.json).values() for name, test in of_file["killed"].items()
    }
    settled = equivalent.keys() | (killed_before.keys() if options.open else set())
    every = list(every_mutant())
    named = [mutant for text in options.texts or [""] for mutant in every if mutant.name.startswith(text)]
    chosen = [mutant for mutant in named if mutant.name not in settled]
    console = Console(stderr=True, width=160)

    def report(result: Result) -> None:
        if result.killed_by is None:
            console.print(f"survived ({result.tests} tests)  {result.mutant.name}", style="red", markup=False)
        if options.json:
            _write_record(options.json, every, session.results, equivalent)

    one_thread()
    session = MutationSession(VERIFIER, chosen, killed_before, MAP, report)
    flags = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "timeout=0"]
    flags += [f"--ignore={path}" for path in LEFT_OUT]
    pytest.main([*flags, *options.tests], [session])
    console.print(_table(session.results, named, equivalent))
    for name in session.failing:
        console.print(f"fails without any mutant: {name}", style="red", markup=False)
    if session.failing or len(session.results) < len(chosen):
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


def _record(path: Path | None) -> dict[str, Any]:
    """Read a record; nothing when there is none yet."""
    return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}


def _write_record(path: Path, every: list[Mutant], results: list[Result], equivalent: dict[str, str]) -> None:
    """Write the last verdict on each mutant, by file; commit and seconds are of the last run that tried one of it."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    before = _record(path)
    record = {}
    for file in sorted({mutant.file for mutant in every}):
        known = before.get(file, {})
        tried = {result.mutant.name: result for result in results if result.mutant.file == file}
        killed = known.get("killed", {}) | {name: result.killed_by for name, result in tried.items()}
        survived = set(known.get("survived", ())) - tried.keys() | {name for name in tried if killed[name] is None}
        open_names = [m.name for m in every if m.file == file and m.name not in equivalent]
        record[file] = {
            "commit": commit.stdout.strip() if tried else known.get("commit"),
            "seconds": round(sum(result.seconds for result in tried.values())) if tried else known.get("seconds", 0),
            "survived": [name for name in open_names if name in survived],
            "not tried": [name for name in open_names if name not in survived and not killed.get(name)],
            "equivalent": [m.name for m in every if m.file == file and m.name in equivalent],
            "killed": {name: killed[name] for name in open_names if killed.get(name)},
        }
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ["CI"] = "1"
    sys.exit(main())
