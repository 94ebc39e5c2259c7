"""python -m fuzz [TARGET ..]: try mutated inputs on whatever reads what others wrote, and print what was found.

Exit codes: 0 nothing was found; 1 findings, whose inputs are kept under build/fuzz; 2 wrong usage.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benches.record import commit, write_record
from fuzz.catalogue import TARGETS
from fuzz.run import Report, fuzz, save_findings

FOUND = Path(__file__).resolve().parents[1] / "build" / "fuzz"


def main() -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args()
    console, measured = Console(), commit()
    table = Table("target", "inputs", "inputs/s", "endings seen", "slowest, s", "findings")
    reports = []
    for name in options.targets or TARGETS:
        report = fuzz(TARGETS[name], options.seed, seconds=60 * options.minutes)
        for (what, _), path in zip(report.findings, save_findings(report, FOUND), strict=True):
            console.print(f"{name}: {what}\n  kept as {path}", markup=False)
        rate = report.inputs / max(report.seconds, 1e-9)
        cells = (report.inputs, round(rate), len(report.reasons), round(report.slowest, 2), len(report.findings))
        table.add_row(name, *map(str, cells))
        reports.append(report)
    console.print(table)
    if options.record:
        targets = {report.target: {"commit": measured, **_record(report)} for report in reports}
        write_record(options.record, {"commit": measured, "targets": _beside(options.record, targets)})
    return 1 if any(report.findings for report in reports) else 0


def _beside(path: Path, targets: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of targets, beside those of others that a file holds: each names the commit that it saw."""
    old: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"targets": []}
    kept = {record["target"]: {"commit": old["commit"], **record} for record in old["targets"]}
    found = kept | targets
    return [found[name] for name in TARGETS if name in found]


def _record(report: Report) -> dict[str, object]:
    return {
        "target": report.target,
        "seed": report.seed,
        "inputs": report.inputs,
        "seconds": round(report.seconds, 1),
        "slowest_seconds": round(report.slowest, 3),
        "grown_megabytes": report.megabytes,
        "endings_seen": len(report.reasons),
        "most_common_endings": dict(report.reasons.most_common(8)),
        "findings": [what for what, _ in report.findings],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", metavar="TARGET", nargs="*", choices=[[], *TARGETS], help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=5.0, help="for each target (default 5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, metavar="FILE", help="write a record")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
