"""python -m attacks [CLASS ..]: try every attack, and say for each which check stopped it.

Exit codes: 0 all stopped, each by the check that it names; 1 not so.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from attacks.attack import Verdict, try_attack
from attacks.library import AttackClass, attack_classes


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m attacks", description="Try every attack on the verifier.")
    parser.add_argument("classes", metavar="CLASS", nargs="*", type=int, help="numbers of classes; all without")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write a record")
    options = parser.parse_args()
    known = {found.number: found for found in attack_classes()}
    if unknown := [number for number in options.classes if number not in known]:
        parser.error(f"no class {unknown[0]}; there are {', '.join(map(str, known))}")
    chosen = [known[number] for number in options.classes or known]
    console = Console(width=None if sys.stdout.isatty() else 180)
    every = [(found, attack) for found in chosen for attack in found.attacks]
    progress = Console(stderr=True)
    running = track(every, "attacks", console=progress, transient=True, disable=not progress.is_terminal)
    tried = [(found, try_attack(attack)) for found, attack in running]
    console.print(_table(tried))
    failed = [verdict for _, verdict in tried if verdict.failures]
    for verdict in failed:
        console.print(f"{verdict.attack.name}: {'; '.join(verdict.failures)}", style="red", markup=False)
    accepted = sum(verdict.accepted for _, verdict in tried)
    console.print(f"{len(tried)} attacks in {len(chosen)} classes: {accepted} accepted, {len(failed)} not as named")
    if options.json:
        options.json.write_text(json.dumps([_record(*pair) for pair in tried], indent=1) + "\n")
    return 1 if failed or accepted else 0


def _table(tried: list[tuple[AttackClass, Verdict]]) -> Table:
    table = Table("", "class", "attack", "fails over the integers", "stopped by", "alone", "ms", box=None)
    table.columns[-1].justify = "right"
    previous = None
    for found, verdict in tried:
        first = found is not previous
        previous = found
        table.add_row(
            f"{found.number}" if first else "",
            found.name if first else "",
            verdict.attack.name,
            _named(verdict.relation),
            verdict.stopped_by or "ACCEPTED",
            "yes" if verdict.attack.without else "",
            f"{1000 * verdict.seconds:.0f}",
            style="red" if verdict.failures else None,
        )
    return table


def _named(relation: str) -> str:
    """Return the kind of a relation and its number."""
    found = re.match(r"[a-z]+( \d+)?", relation)
    return found.group() if found else ""


def _record(found: AttackClass, verdict: Verdict) -> dict[str, object]:
    return {
        "class": found.number,
        "idea": found.idea,
        "attack": verdict.attack.name,
        "relation": verdict.relation,
        "refusal": verdict.refusal,
        "stopped by": verdict.stopped_by,
        "broken": verdict.broken,
        "alone": verdict.attack.without is not None,
        "seconds": round(verdict.seconds, 4),
        "failures": verdict.failures,
    }


if __name__ == "__main__":
    sys.exit(main())
