"""Who may import whom, where import-linter cannot see; the floors themselves are in .importlinter, see `make check`."""

from pathlib import Path

import pytest

from tests.house import rules
from tests.house.tree import PROVER, ROOT, VERIFIER, files, name

SPEC = ROOT / "spec"
NATIVE = PROVER / "kernels" / "native.py"


@pytest.mark.parametrize("path", list(files(VERIFIER, ".py")), ids=name)
def test_the_verifier_imports_the_standard_library_and_itself(path: Path) -> None:
    assert not rules.foreign_imports(path.read_text(), own="zkinfer_verify")


@pytest.mark.parametrize("path", list(files(SPEC, ".py")), ids=name)
def test_the_slow_definition_imports_nothing_of_ours(path: Path) -> None:
    ours = [
        f"line {line}: {module}" for line, module in rules.imports(path.read_text()) if module.startswith("zkinfer")
    ]
    assert not ours


@pytest.mark.parametrize("path", [path for path in files(PROVER, ".py") if path != NATIVE], ids=name)
def test_only_one_file_touches_rust(path: Path) -> None:
    assert not rules.native_imports(path.read_text())
