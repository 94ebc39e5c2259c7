"""zkinfer-verify works where nothing else is installed: an empty environment, the frozen proof, the command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATEMENT, PROOF = (ROOT / "vectors/proofs/v1" / name for name in ("statement.zks", "proof.zkp"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment that holds only zkinfer-verify; returns its bin folder."""
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(ROOT / "verifier")], check=True)
    return folder / "bin"


@pytest.mark.slow
def test_nothing_of_the_prover_is_there(empty: Path) -> None:
    script = "import importlib.util as u; print([n for n in ('zkinfer', 'numpy', 'zkinfer_verify') if u.find_spec(n)])"
    found = subprocess.run([empty / "python", "-I", "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['zkinfer_verify']"


@pytest.mark.slow
def test_it_accepts_the_frozen_proof_and_rejects_a_changed_one(empty: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from zkinfer_verify.api import verify;"
        "from zkinfer_verify.statement.statement import Statement;"
        "statement = Statement.from_bytes(Path(sys.argv[1]).read_bytes());"
        "print(verify(statement, Path(sys.argv[2]).read_bytes(), allow_toy=True).integers)"
    )
    accepted = subprocess.run([empty / "python", "-I", "-c", script, STATEMENT, PROOF], capture_output=True, text=True)
    assert accepted.returncode == 0 and accepted.stdout.startswith("(")
    changed = bytearray(PROOF.read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed").write_bytes(changed)
    rejected = subprocess.run(
        [empty / "python", "-I", "-c", script, STATEMENT, tmp_path / "changed"], capture_output=True, text=True
    )
    assert rejected.returncode != 0 and "ProofError" in rejected.stderr


@pytest.mark.slow
def test_its_command_refuses_the_profile_without_soundness(empty: Path) -> None:
    done = subprocess.run([empty / "zkinfer-verify", STATEMENT, PROOF], capture_output=True, text=True)
    assert done.returncode == 2 and "toy" in done.stderr


@pytest.mark.slow
def test_it_tries_itself(empty: Path) -> None:
    done = subprocess.run([empty / "zkinfer-verify", "selftest", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["passed"] is True
