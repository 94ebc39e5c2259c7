"""The code repeats the numbers of docs/protocol.md: each step is named where it is taken, and every number exists."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house.tree import PROVER, ROOT, VERIFIER, files, name

PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
NUMBER = r"\d+(?:\.\d+)?"
REFERENCE = re.compile(rf"protocol\.md[,\s)#]*\b({NUMBER}(?:(?:, | and | to ){NUMBER})*)")
SOURCES = [path for path in files(ROOT, ".py", ".rs") if path != Path(__file__)]

# Where no side but one acts: the verifier's own checks, what claims are, how files are read.
NOT_THE_PROVERS = {"6.2", "6.4", "7.0", "7.1", "7.11", "8"}


def sections(page: str) -> set[str]:
    """Return the numbers that the page gives: of headings, also two in one or a range, and of paragraphs in bold."""
    found: set[str] = set()
    for heading in re.findall(rf"^#{{2,3}} ((?:{NUMBER}(?:, | to )?)+)", page, re.MULTILINE):
        found |= numbers(heading)
    return found | set(re.findall(rf"\*\*({NUMBER})\b", page))


def numbers(text: str) -> set[str]:
    """Return the numbers in a reference; "7.2 to 7.4" are three."""
    found = set(re.findall(NUMBER, text))
    for chapter, first, last in re.findall(r"(\d+)\.(\d+) to \1\.(\d+)", text):
        found |= {f"{chapter}.{k}" for k in range(int(first), int(last) + 1)}
    return found


def references(text: str) -> Iterable[str]:
    """Yield what a source says after "protocol.md", as it stands."""
    return REFERENCE.findall(text)


def named(top: Path) -> set[str]:
    """Return the sections that files below `top` name one by one: a range names its ends."""
    return {
        number
        for path in files(top, ".py")
        for reference in references(path.read_text(encoding="utf-8"))
        for number in re.findall(NUMBER, reference)
    }


STEPS = sorted(
    (found for found in sections(PAGE) if found == "8" or found.startswith(("6.", "7."))),
    key=lambda number: [int(part) for part in number.split(".")],
)


def test_the_page_has_its_sections() -> None:
    assert [*(f"6.{k}" for k in range(1, 8)), *(f"7.{k}" for k in range(12)), "8"] == STEPS


@pytest.mark.parametrize("number", STEPS)
def test_the_verifier_names_a_step(number: str) -> None:
    assert number in named(VERIFIER)


@pytest.mark.parametrize("number", [number for number in STEPS if number not in NOT_THE_PROVERS])
def test_the_prover_names_a_step(number: str) -> None:
    assert number in named(PROVER / "prove")


def test_no_source_names_a_section_that_is_not_there() -> None:
    wrong = {
        name(path): missing
        for path in SOURCES
        for reference in references(path.read_text(encoding="utf-8"))
        if (missing := numbers(reference) - sections(PAGE))
    }
    assert wrong == {}


def test_a_reference_is_found_in_each_of_its_forms() -> None:
    text = "docs/protocol.md, 6.5 and 6.6: (protocol.md, 7.2 to 7.4), [protocol.md](protocol.md) 3.9; protocol.md alone"
    found = list(references(text))
    assert found == ["6.5 and 6.6", "7.2 to 7.4", "3.9"]
    assert [numbers(reference) for reference in found] == [{"6.5", "6.6"}, {"7.2", "7.3", "7.4"}, {"3.9"}]
    assert numbers("protocol.md, 9.99") - sections(PAGE) == {"9.99"}
