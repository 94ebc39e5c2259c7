"""Run the cases of a campaign, in this process or in several, until one fails.

Case number i of seed s draws from a generator seeded with (campaign, s, i), so it is the same whatever runs beside it.
"""

import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random

from campaigns.campaign import Campaign, CaseFailed, Tally
from campaigns.catalogue import CAMPAIGNS

STALL_SECONDS = 900
"""A process that finishes no chunk for so long hangs."""


@dataclass(frozen=True)
class Failure:
    """The case that failed, what it did, and the files that show it."""

    index: int
    what: str
    evidence: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Outcome:
    """How a run went: cases done, what was counted, the longest case in seconds, and the first failure if any."""

    done: int = 0
    tally: Tally = field(default_factory=Tally)
    slowest: float = 0.0
    failure: Failure | None = None

    def merge(self, other: "Outcome") -> None:
        """Add another part of the run."""
        self.done += other.done
        self.tally.merge(other.tally)
        self.slowest = max(self.slowest, other.slowest)
        self.failure = self.failure or other.failure


def run_cases(campaign: Campaign, seed: str, first: int, last: int) -> Outcome:
    """Run cases first .. last - 1, up to the first that fails."""
    out = Outcome()
    for index in range(first, last):
        start = time.perf_counter()
        try:
            campaign.run(Random(f"{campaign.name} {seed} {index}"), out.tally)
        except CaseFailed as error:
            out.failure = Failure(index, str(error), error.evidence)
        except Exception:
            # Whatever a case raises is a failure of the case, with its place in the program.
            out.failure = Failure(index, traceback.format_exc())
        if out.failure is not None:
            break
        out.done += 1
        out.slowest = max(out.slowest, time.perf_counter() - start)
    return out


def run_campaign(
    campaign: Campaign, seed: str, first: int, count: int, processes: int, advance: Callable[[int], None]
) -> Outcome:
    """Run `count` cases from number `first` on; `advance` is told how many more are done.

    Errors: TimeoutError, naming the cases under way, when none of the processes gets anywhere.
    """
    total = Outcome()
    finished = _in_processes if processes > 1 else _in_this_process
    for part in finished(campaign, seed, _chunks(first, first + count, campaign.chunk), processes):
        total.merge(part)
        advance(part.done)
        if total.failure is not None:
            break
    return total


def _chunks(first: int, last: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last, size):
        yield start, min(start + size, last)


def _in_this_process(
    campaign: Campaign, seed: str, chunks: Iterator[tuple[int, int]], processes: int
) -> Iterator[Outcome]:
    for start, end in chunks:
        yield run_cases(campaign, seed, start, end)


def _in_processes(
    campaign: Campaign, seed: str, chunks: Iterator[tuple[int, int]], processes: int
) -> Iterator[Outcome]:
    # Spawned, not forked: the kernels may have threads.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    under_way: dict[Future[Outcome], tuple[int, int]] = {}
    try:
        while True:
            while len(under_way) < 2 * processes and (chunk := next(chunks, None)) is not None:
                under_way[pool.submit(_run_named, campaign.name, seed, *chunk)] = chunk
            if not under_way:
                return
            done, _ = wait(under_way, STALL_SECONDS, FIRST_COMPLETED)
            if not done:
                raise TimeoutError(f"seed {seed}: no case ended in {STALL_SECONDS} s among {list(under_way.values())}")
            for future in done:
                del under_way[future]
                yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _run_named(name: str, seed: str, first: int, last: int) -> Outcome:
    """Run cases in a process that knows the campaign by name only."""
    return run_cases(CAMPAIGNS[name], seed, first, last)
