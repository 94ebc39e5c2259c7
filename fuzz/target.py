"""What is fuzzed: a target takes bytes and says how they ended; all but a refusal of the right kind is a finding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent
ACCEPTED = "accepted"


class Finding(Exception):
    """An input that ended as none may."""


@dataclass(frozen=True)
class Target:
    """seeds: valid inputs, made when the run begins; mutate: (draw, input, all inputs kept) to a new input.

    run: returns ACCEPTED or the reason of the refusal. Errors: Finding, or any exception that is no refusal.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    mutate: Callable[[Random, bytes, Sequence[bytes]], bytes]
    run: Callable[[bytes], str]

    def regressions(self) -> list[Path]:
        """Return the inputs that were findings once, each in a folder named after its expected ending."""
        return sorted(path for path in (ROOT / "regressions" / self.name).rglob("*") if path.is_file())
