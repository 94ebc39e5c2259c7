"""Every code block of the documentation runs, and every link to a file of ours leads somewhere."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import RUN, SHOWN, blocks, run_console, run_python
from tests.house.tree import ROOT, files, name

PAGES = [page for page in files(ROOT, ".md") if not name(page).startswith("tests/")]
REFERENCE = re.compile(r"^\| `(\w+)` \| (?:arXiv )?(\S+) \|", re.MULTILINE)
CITATION = re.compile(r"\[((?!U?Int|Float)[A-Z][A-Za-z]+\d{2}|\d{4}/\d{3,4})(?:, [^\]\n]*)?\]")
LINK = re.compile(r"\[[^]]*\]\(([^)#:\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", [page for page in PAGES if any(block.runs for block in blocks(page))], ids=name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": page.stem}
    for block in blocks(page):
        if block.runs and block.language == "python":
            run_python(block, namespace)
        elif block.runs:
            run_console(block, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_block_names_a_language_with_a_rule(page: Path) -> None:
    assert {block.language for block in blocks(page)} <= RUN | SHOWN


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_leads_to_a_file(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()] == []


def test_every_citation_has_its_reference() -> None:
    known = set(REFERENCE.findall((ROOT / "docs" / "references.md").read_text(encoding="utf-8")))
    keys = {part for row in known for part in row}
    cited = {key: name(path) for path in files(ROOT, ".py", ".rs", ".md") for key in citations(path)}
    assert keys
    assert {key: where for key, where in cited.items() if key not in keys} == {}


def test_a_citation_is_a_key_or_a_number(tmp_path: Path) -> None:
    path = tmp_path / "fold.py"
    path.write_text("Source: [" + "Abc19, 5] and [" + "2019/123]; not f[I64], NDArray[Int16] or list[int].")
    assert citations(path) == ["Abc19", "2019/123"]


def citations(path: Path) -> list[str]:
    """List what a file cites, by the keys or the numbers of docs/references.md."""
    return CITATION.findall(path.read_text(encoding="utf-8"))
