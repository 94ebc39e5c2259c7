"""python -m campaigns NAME: draw cases by the thousand, and stop at the first that does not end as it must.

Exit codes: 0 all did; 1 one did not, or hangs, and is named; 2 wrong usage.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benches.record import commit, write_record
from campaigns.campaign import Campaign
from campaigns.catalogue import CAMPAIGNS
from campaigns.run import Failure, Outcome, Stalled, run_campaign

ROOT = Path(__file__).resolve().parent.parent
FAILURES = ROOT / "build" / "campaigns"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    campaign = CAMPAIGNS[options.name]
    count = campaign.count if options.count is None else options.count
    # The commit that is measured is the one at the start: a long run may see others.
    measured, start = commit(), time.perf_counter()
    try:
        outcome = _run(campaign, options, count)
    except Stalled as error:
        print(f"{campaign.name}, seed {options.seed}: {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - start
    if outcome.failure is not None:
        _report_failure(campaign, options.seed, outcome.failure)
        return 1
    rate = outcome.done / seconds
    print(f"{campaign.name}: {outcome.done} cases in {seconds:.1f} s ({rate:.1f} a second): {campaign.claim}")
    if options.record:
        about = {"commit": measured, "processes": options.processes, "seconds": round(seconds, 1)}
        write_record(options.record, about | _record(campaign, options, outcome))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m campaigns", description=__doc__.partition("\n")[0])
    parser.add_argument("name", metavar="NAME", choices=CAMPAIGNS, help=", ".join(CAMPAIGNS))
    parser.add_argument("--count", type=_natural, help="number of cases; without it a full run")
    parser.add_argument("--seed", default="1", help="any text; each case is drawn from it and the case's number")
    parser.add_argument("--first", type=_natural, default=0, help="number of the first case, to run one case again")
    parser.add_argument("--processes", type=_natural, default=1)
    parser.add_argument("--record", type=Path, metavar="FILE", help="write a record")
    return parser


def _natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of cases or processes; give an integer from 0 on")
    return int(text)


def _run(campaign: Campaign, options: argparse.Namespace, count: int) -> Outcome:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(campaign.name, total=count)
        return run_campaign(
            campaign, options.seed, options.first, count, options.processes, lambda done: progress.advance(task, done)
        )


def _record(campaign: Campaign, options: argparse.Namespace, outcome: Outcome) -> dict[str, Any]:
    return {
        "campaign": campaign.name,
        "claim": campaign.claim,
        "seed": options.seed,
        "first": options.first,
        "count": outcome.done,
        "failures": 0,
        "slowest_case_seconds": round(outcome.slowest, 3),
        "distribution": dict(campaign.distribution),
        **outcome.tally.as_record(),
    }


def _report_failure(campaign: Campaign, seed: str, failure: Failure) -> None:
    """Keep the failure's files, and say how to run the case again."""
    folder = FAILURES / f"{campaign.name}-{seed}-{failure.index}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**failure.evidence, "failure.txt": failure.what.encode()}.items():
        (folder / name).write_bytes(data)
    again = f"python -m campaigns {campaign.name} --seed {seed} --first {failure.index} --count 1"
    print(f"{campaign.name}: case {failure.index} of seed {seed} failed: {failure.what}", file=sys.stderr)
    print(f"its files are in {folder.relative_to(ROOT)}; run it again: {again}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
