"""The mutants of the verifier, file by file, and which of them are no mutants at all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import VERIFIER, files
from tests.mutation.operators import Change, changes

EQUIVALENT = Path(__file__).with_name("equivalent.json")
# The commands around `verify`: what they say decides nothing.
AROUND = {"cli.py", "entry.py", "explain.py", "selftest.py"}
# Arithmetic: with a summand dropped no honest proof is accepted, whatever the tests look at.
ARITHMETIC = ("field/", "poly/")


@dataclass(frozen=True)
class Mutant:
    """A change of one file of the package. file: relative to it; sites: the lines that a test must run, by file."""

    file: str
    change: Change
    sites: dict[str, set[int]]

    @property
    def module(self) -> str:
        """The dotted name of its module."""
        return ".".join(("zkinfer_verify", *Path(self.file).with_suffix("").parts))

    @property
    def is_constant(self) -> bool:
        """Whether it changes a constant of a module."""
        return self.change.holder.isupper()

    @property
    def name(self) -> str:
        """What stays the same when lines move: file, holder, operator, text, and which of the equal ones."""
        change = self.change
        return f"{self.file}:{change.holder}: {change.kind}: {change.before} #{change.number}"


def every_mutant(package: Path = VERIFIER) -> Iterator[Mutant]:
    """Yield the mutants of every file that `verify` runs."""
    sources = {path.relative_to(package).as_posix(): path.read_text(encoding="utf-8") for path in files(package, ".py")}
    for file in sorted(sources.keys() - AROUND):
        for change in changes(sources[file]):
            if file.startswith(ARITHMETIC) and change.kind == "drop summand":
                continue
            first, last = change.lines
            sites = uses(sources, change.holder) if change.holder.isupper() else {file: set(range(first, last + 1))}
            yield Mutant(file, change, sites)


def uses(sources: dict[str, str], constant: str) -> dict[str, set[int]]:
    """Return the lines that name a constant, by file."""
    word = re.compile(rf"\b{constant}\b")
    return {
        file: {number for number, line in enumerate(source.splitlines(), 1) if word.search(line)}
        for file, source in sources.items()
    }


def reasons() -> dict[str, str]:
    """Return why a mutant accepts and rejects what the verifier does, by the mutant's name."""
    listed: dict[str, list[str]] = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {name: reason for reason, names in listed.items() for name in names}
