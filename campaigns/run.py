"""Run the cases of a campaign, in this process or in several, until one fails.

Case number i of seed s draws from a generator seeded with (campaign, s, i), so it is the same whatever runs beside it.
"""

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import TimeoutError, get_context
from random import Random

from campaigns.campaign import Campaign, CaseFailed, Tally
from campaigns.catalogue import CAMPAIGNS

STALL_SECONDS = 900
"""When no process has finished a chunk for so long, one hangs, or was killed."""


class Stalled(Exception):
    """No process gets anywhere; the message names the cases under way."""


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

    Errors: Stalled when none of the processes gets anywhere.
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
    waiting = list(chunks)
    # Spawned, not forked: the kernels may have threads. Leaving the pool ends its processes, whatever they are doing.
    with get_context("spawn").Pool(processes) as pool:
        done = pool.imap_unordered(_run_named, [(campaign.name, seed, *chunk) for chunk in waiting])
        while waiting:
            try:
                chunk, outcome = done.next(STALL_SECONDS)
            except TimeoutError as error:
                # Chunks are handed out in order, so the first ones that are waited for are under way.
                where = ", ".join(f"{start} to {end - 1}" for start, end in waiting[:processes])
                raise Stalled(f"no chunk ended in {STALL_SECONDS} s; under way are cases {where}") from error
            waiting.remove(chunk)
            yield outcome


def _run_named(task: tuple[str, str, int, int]) -> tuple[tuple[int, int], Outcome]:
    """Run a chunk in a process that knows the campaign by name only."""
    name, seed, first, last = task
    return (first, last), run_cases(CAMPAIGNS[name], seed, first, last)
