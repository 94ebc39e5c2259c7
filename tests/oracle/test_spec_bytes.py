"""The production prover's bytes equal those of the slow definition in spec/, which shares no code with it."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spec.prover import prove
from spec.statement import decode
from tests.house.rules import foreign_imports
from tests.house.tree import ROOT, files
from tests.house.tree import name as file_name
from tests.oracle.production import make_case, networks, prove_case
from zkinfer.kernels import native, plain
from zkinfer.prove import lookup
from zkinfer_verify.api import verify

RANDOM = np.random.RandomState(7)
NETWORKS = networks(lambda *shape: RANDOM.randint(-3, 4, shape))


def _input(name: str, shape: tuple[int, ...]) -> NDArray[np.int64]:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    return np.random.RandomState(seed).randint(-5, 5, shape).astype(np.int64)


@pytest.mark.parametrize("name", NETWORKS)
def test_production_and_the_slow_definition_give_the_same_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, layers = NETWORKS[name]
    case = make_case(shape, layers, _input(name, shape), plain)
    context, seed = b"context of " + name.encode(), b"seed"
    defined = prove(decode(case.statement.to_bytes()), case.tensors, case.witness.outputs, context, seed)
    assert prove_case(case, context, seed, plain) == defined
    assert prove_case(case, context, seed, native) == defined
    # Large networks compute their lookups' leaves when they need them.
    monkeypatch.setattr(lookup, "STORED", 0)
    assert prove_case(case, context, seed, native) == defined
    outputs = verify(case.statement, defined, context=context, allow_toy=True)
    assert outputs.tensors[0].integers == case.witness.outputs[0]


@pytest.mark.parametrize("name", ["full, relu, full", "convolution", "stride, padding, dilation"])
def test_several_inputs_in_one_proof_are_defined_too(name: str) -> None:
    shape, layers = NETWORKS[name]
    case = make_case(shape, layers, _input(name, (3, *shape)), plain, images=3)
    defined = prove(decode(case.statement.to_bytes()), case.tensors, case.witness.outputs, b"", b"seed")
    assert prove_case(case, b"", b"seed", native) == defined
    outputs = verify(case.statement, defined, allow_toy=True)
    assert tuple(tensor.integers for tensor in outputs.tensors) == case.witness.outputs


def test_the_slow_definition_reads_the_same_digest() -> None:
    shape, layers = NETWORKS["flat, full"]
    case = make_case(shape, layers, _input("digest", shape), plain)
    assert decode(case.statement.to_bytes()).digest == case.statement.digest


@pytest.mark.parametrize("path", list(files(ROOT / "spec", ".py")), ids=file_name)
def test_the_slow_definition_shares_no_code(path: Path) -> None:
    assert not foreign_imports(path.read_text(), "spec")
