"""A campaign: one kind of case, drawn many times, each of which must end as it should."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

DECILES = 10


@dataclass
class Tally:
    """What was drawn and how it went: numbers of cases by category and kind, and sizes by what was measured."""

    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sizes: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, category: str, kind: str, number: int = 1) -> None:
        """Count a case, or something in it, of a kind."""
        self.counts[category][kind] += number

    def measure(self, what: str, size: int) -> None:
        """Note a size of a case."""
        self.sizes[what][size] += 1

    def merge(self, other: "Tally") -> None:
        """Add what another part of the run counted."""
        for category, kinds in other.counts.items():
            self.counts[category].update(kinds)
        for what, sizes in other.sizes.items():
            self.sizes[what].update(sizes)

    def as_record(self) -> dict[str, Any]:
        """Return the counts, most frequent first, and the deciles of the sizes: least, ten per cent, .., largest."""
        counts = {category: dict(kinds.most_common()) for category, kinds in sorted(self.counts.items())}
        return {"counts": counts, "deciles": {what: deciles(sizes) for what, sizes in sorted(self.sizes.items())}}


def deciles(sizes: Counter[int]) -> list[int]:
    """Return the least size, the ones that 10, 20, .. per cent do not pass, and the largest."""
    ordered = sorted(sizes.elements())
    return [ordered[(len(ordered) - 1) * tenth // DECILES] for tenth in range(DECILES + 1)]


class CaseFailed(Exception):
    """A case did not end as it must; evidence: the files that show it, by name."""

    def __init__(self, what: str, evidence: Mapping[str, bytes]) -> None:
        super().__init__(what)
        self.evidence = dict(evidence)


@dataclass(frozen=True)
class Campaign:
    """One kind of case.

    claim: what every case must do; count: the cases of a full run; chunk: those that a process takes at a time;
    distribution: how cases are drawn, in words; run: draw one case and run it. The generator that it is given is all
    that a case depends on. run raises CaseFailed, or anything else, when the claim does not hold.
    """

    name: str
    claim: str
    count: int
    chunk: int
    distribution: Mapping[str, str]
    run: Callable[[Random, Tally], None]
