"""A proof is the same on every processor: the kernels with fewer instructions than the machine has give its bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

VARIABLE = "ZKINFER_INSTRUCTIONS"
SETS = ["baseline", "avx2", "avx512"]


def digest(asked: str | None) -> tuple[str, str]:
    """Prove in a process of its own; returns the instructions that ran and the digest of the proof."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if asked is not None:
        environment[VARIABLE] = asked
    command = [sys.executable, "-m", "tests.oracle.proof_digest"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return told["instructions"], told["sha256"]


@pytest.fixture(scope="module")
def widest() -> tuple[str, str]:
    return digest(None)


def test_the_machine_runs_the_widest_instructions_that_it_has(widest: tuple[str, str]) -> None:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        pytest.skip("what the processor has is read from /proc/cpuinfo")
    flags = set(cpuinfo.read_text().split())
    expected = "avx512" if {"avx2", "avx512f"} <= flags else "avx2" if "avx2" in flags else "baseline"
    assert widest[0] == expected


@pytest.mark.parametrize("asked", SETS)
def test_fewer_instructions_give_the_same_proof(asked: str, widest: tuple[str, str]) -> None:
    ran, proof = digest(asked)
    assert ran == min(asked, widest[0], key=SETS.index)
    assert proof == widest[1]


def test_a_name_that_is_none_asks_for_the_least(widest: tuple[str, str]) -> None:
    assert digest("AVX-512") == ("baseline", widest[1])
