"""The prover's randomness has one source: os.urandom, read in prove/entropy.py. Rust draws nothing."""

import ast
import re
import tomllib
from collections import Counter

import pytest

from tests.house.rules import imports
from tests.house.tree import PROVER, ROOT, files, name

PUBLIC = {
    "prover/src/zkinfer/frontend/reference.py",
    "prover/src/zkinfer/quantize/onnx/normalizations.py",
    "prover/src/zkinfer/quantize/onnx/samples.py",
}
"""Draw what everybody may know from a fixed seed: the reference network, inputs that tell operators apart, samples."""

MODULES = {"random", "secrets", "uuid", "numpy.random"}
CALLS = {"urandom", "getrandom", "default_rng", "RandomState", "SystemRandom", "Random", "time", "time_ns"}
CRATES = re.compile(r"rand|rng|getrandom|chacha")
RUST = re.compile(r"\b(?:rand\w*|getrandom|RandomState|SystemTime|RDRAND|_rdrand\w*)\b")
CUT = ("kernels", "bindings", "field")


def random_sources(source: str) -> list[str]:
    """List what could give randomness: modules by import, functions by name, devices by path."""
    tree = ast.parse(source)
    found = [f"import {module}" for _, module in imports(source) if module in MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (
            node.attr in CALLS or ast.unparse(node) in {"np.random", "numpy.random"}
        ):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Name) and node.id in CALLS - {"time"}:
            found.append(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("/dev/u?random", node.value):
            found.append(node.value)
    return found


@pytest.mark.parametrize(
    "bad",
    [
        "import random\n",
        "from random import Random\n",
        "import secrets\n",
        "import numpy as np\nnp.random.seed(1)\n",
        "from numpy.random import default_rng\n",
        "from os import urandom\nurandom(1)\n",
        "import time\nseed = time.time_ns()\n",
        "open('/dev/urandom')\n",
    ],
)
def test_the_rule_finds_randomness(bad: str) -> None:
    assert random_sources(bad)
    assert not random_sources("import os\nimport time\nstart = time.perf_counter()\nos.replace('a', 'b')\n")


def test_the_prover_draws_from_the_operating_system_in_one_place() -> None:
    counts = {name(path): Counter(random_sources(path.read_text())) for path in files(PROVER, ".py")}
    found = {path: dict(sources) for path, sources in counts.items() if sources}
    assert found.keys() >= PUBLIC
    assert {path: sources for path, sources in found.items() if path not in PUBLIC} == {
        "prover/src/zkinfer/prove/entropy.py": {"os.urandom": 1}
    }


@pytest.mark.parametrize("crate", CUT)
def test_the_kernels_draw_nothing(crate: str) -> None:
    folder = ROOT / "rust" / crate
    dependencies = tomllib.loads((folder / "Cargo.toml").read_text()).get("dependencies", {})
    assert not [dependency for dependency in dependencies if CRATES.search(dependency)]
    sources = list(files(folder / "src", ".rs"))
    assert sources
    assert {name(path): RUST.findall(path.read_text()) for path in sources if RUST.search(path.read_text())} == {}


def test_the_rule_finds_randomness_in_rust() -> None:
    assert RUST.search("let seed = rand::random();") and RUST.search("getrandom(&mut seed)")
    assert CRATES.search("rand_chacha") and not RUST.search("operand")
