"""What every source file of the project keeps to."""

from pathlib import Path

import pytest

from tests.house import rules
from tests.house.tree import PROVER, ROOT, VERIFIER, files, name

PACKAGES = [*files(VERIFIER, ".py"), *files(PROVER, ".py")]
PUBLIC = [path for path in PACKAGES if path.name != "__init__.py" and not path.name.startswith("_")]
SOURCES = list(files(ROOT, ".py", ".pyi", ".rs"))

# Files that may be longer than one idea, each with its reason.
LONG: dict[str, str] = {}


@pytest.mark.parametrize("path", list(files(VERIFIER, ".py")), ids=name)
def test_the_verifier_checks_without_assert(path: Path) -> None:
    assert not rules.asserts(path.read_text())


@pytest.mark.parametrize("path", PUBLIC, ids=name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert not rules.missing_docstrings(path.read_text())


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_tells_one_idea(path: Path) -> None:
    excess = rules.too_long(path.read_text())
    if name(path) in LONG:
        assert excess, f"{name(path)} is short now: strike it from the list of long files"
    else:
        assert not excess


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_silenced_lint_is_named(path: Path) -> None:
    assert not rules.silenced_lints(path.read_text())


def test_every_long_file_exists() -> None:
    assert [path for path in LONG if not (ROOT / path).is_file()] == []


def test_the_verifier_is_small_enough_to_read() -> None:
    assert 0 < _lines(verifying()) < rules.MAX_VERIFYING_LINES
    assert _lines(set(files(VERIFIER, ".py"))) < rules.MAX_VERIFIER_LINES


def verifying() -> set[Path]:
    """Return the files that `verify` imports, by way of others too."""
    reached: set[Path] = set()
    left = [VERIFIER / "api.py"]
    while left:
        path = left.pop()
        if path.is_file() and path not in reached:
            reached.add(path)
            names = [name for _, name in rules.imports(path.read_text()) if name.startswith("zkinfer_verify.")]
            left += [VERIFIER.parent / Path(*name.split(".")).with_suffix(".py") for name in names]
    return reached


def test_what_verifies_is_neither_all_nor_one_file() -> None:
    found = {path.name for path in verifying()}
    assert {"api.py", "lookup.py", "transcript.py", "ledger.py", "wellformed.py"} <= found
    assert not {"cli.py", "entry.py", "explain.py", "selftest.py"} & found


def _lines(paths: set[Path]) -> int:
    return sum(len(path.read_text().splitlines()) for path in paths)


def test_inner_init_files_are_empty() -> None:
    outer = {VERIFIER / "__init__.py", PROVER / "__init__.py"}
    inits = [path for path in PACKAGES if path.name == "__init__.py" and path not in outer]
    assert inits
    assert [name(path) for path in inits if path.read_text().strip()] == []


def test_no_file_names_one_machine() -> None:
    found = {name(path): rules.machine_words(text) for path in files(ROOT) if (text := _text(path)) is not None}
    assert found
    assert {path: lines for path, lines in found.items() if lines} == {}


def _text(path: Path) -> str | None:
    """Read a text file; data is longer than a megabyte, or not UTF-8."""
    if path.stat().st_size > 1 << 20:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
