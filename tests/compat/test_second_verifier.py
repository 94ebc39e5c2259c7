"""The second verifier, rust/verifier, agrees with the first on every vector, proof, forgery and statement.

It was written from docs/protocol.md alone, so where both agree the page says enough. It reads many proofs in one run.
MUTATIONS=5 in the environment: five times as many mutations, other ones.
"""

import os
import random
import resource
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacks.classes.a18_function_values import ARGUMENTS, honest, squaring
from attacks.handmade import written
from attacks.library import attack_classes
from attacks.networks import Setup, mixed, scattered, setup, tiny
from tests.house.tree import ROOT
from tests.oracle.production import networks
from tests.rejects.test_statements_refused import CASES
from tests.rejects.test_tables_refused import CASES as TABLES
from tests.rejects.test_tables_refused import many_runs
from zkinfer.graph.graph import sequential
from zkinfer.program.lower import Plan
from zkinfer_verify.api import verify
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.statement import Statement
from zkinfer_verify.statement.tables import Run

VECTORS = ROOT / "vectors"
CARGO = ["cargo", "build", "--release", "--locked", "--quiet", "--package", "zkinfer-verifier-rs"]
MUTATIONS = int(os.environ.get("MUTATIONS", "1"))
# What the digit of a mutated statement becomes.
CHANGES = (lambda v: v + 1, lambda v: v - 1, lambda _: 0, lambda _: -1, lambda v: 2 * v, lambda v: -v, lambda v: v + 16)

Record = tuple[bytes, bytes]


@pytest.fixture(scope="session")
def binary() -> Path:
    """Build the second verifier."""
    subprocess.run([*CARGO, "--manifest-path", str(ROOT / "rust" / "Cargo.toml")], check=True)
    return ROOT / "rust" / "target" / "release" / "zkinfer-verify-rs"


def answers(binary: Path, records: list[Record], *options: str) -> list[str]:
    """Return the second verifier's line for each statement and proof; an empty statement is the one before."""
    data = b"".join(struct.pack("<Q", len(part)) + part for record in records for part in record)
    done = subprocess.run([binary, "--batch", *options], input=data, capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == len(records)
    return lines


def first_answer(made: Setup, data: bytes) -> str:
    """Return the first verifier's answer: any exception but ProofError fails the test."""
    try:
        made.check(data)
    except ProofError:
        return "rejected"
    return "accepted"


def run(binary: Path, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run it on files."""
    return subprocess.run([binary, *arguments], capture_output=True, text=True, check=False)


# -- vectors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", sorted((VECTORS / "proofs").iterdir()), ids=lambda folder: folder.name)
def test_a_frozen_proof_is_accepted(binary, folder):
    files = [folder / "statement.zks", folder / "proof.zkp"]
    done = run(binary, "--allow-toy", *files)
    assert done.returncode == 0, done.stderr
    for tensor in verify(Statement.from_bytes(files[0].read_bytes()), files[1].read_bytes(), allow_toy=True).tensors:
        assert f"{tensor.name} {list(tensor.integers)}" in done.stdout


def test_every_rejected_vector_is_rejected(binary):
    proofs = sorted((VECTORS / "rejected").rglob("*.zkp"))
    assert proofs
    for proof in proofs:
        statement = next(folder / "statement.zks" for folder in proof.parents if (folder / "statement.zks").exists())
        done = run(binary, "--allow-toy", statement, proof)
        assert done.returncode == 1, proof


def test_exit_codes(binary, tmp_path):
    folder = VECTORS / "proofs" / "v1"
    statement, proof = folder / "statement.zks", folder / "proof.zkp"
    damaged = tmp_path / "proof"
    damaged.write_bytes(proof.read_bytes() + b"\0")
    assert run(binary, "--allow-toy", statement, damaged).returncode == 1
    for arguments in ([], [statement], ["--allow-toy", proof, proof], ["--allow-toy", statement, tmp_path / "none"]):
        assert run(binary, *arguments).returncode == 2
    refused = run(binary, statement, proof)
    assert refused.returncode == 2 and "toy" in refused.stderr


# -- fresh proofs ------------------------------------------------------------------------------------------------------


def test_fresh_proofs_of_small_networks_are_accepted(binary):
    draw = np.random.RandomState(11)
    records = []
    for shape, layers in networks(lambda *dims: draw.randint(-3, 4, dims)).values():
        made = setup(sequential(shape, layers), plan=Plan(4, 4, frozenset()))
        proof = made.prove(made.witness(draw.randint(-5, 5, shape).astype(np.int64)))
        records.append((made.statement.to_bytes(), proof.to_bytes()))
    for made, x in (mixed(), mixed(wide=True), scattered(), tiny()):
        records.append((made.statement.to_bytes(), made.prove(made.witness(x)).to_bytes()))
    pairs = squaring()
    squares = written(pairs, tuple(x * x for x in ARGUMENTS), honest)
    records.append((pairs.statement.to_bytes(), pairs.prove(squares).to_bytes()))
    assert answers(binary, records, "--allow-toy") == ["accepted"] * len(records)
    crossed = [(statement, records[k - 1][1]) for k, (statement, _) in enumerate(records)]
    assert {line.partition(":")[0] for line in answers(binary, crossed, "--allow-toy")} == {"rejected"}


@pytest.mark.parametrize("profile", ["standard", "small"])
def test_a_proof_of_a_real_profile_is_accepted_and_no_other(binary, profile):
    draw, rng = np.random.RandomState(12), random.Random(5)
    shape, layers = networks(lambda *dims: draw.randint(-3, 4, dims))["pool, relu fused"]
    made = setup(sequential(shape, layers), profile=profile)
    statement = made.statement.to_bytes()
    data = made.prove(made.witness(draw.randint(-5, 5, shape).astype(np.int64))).to_bytes()
    assert answers(binary, [(statement, data)]) == ["accepted"]
    lines = answers(binary, [(statement, b""), *((b"", flip(data, rng)) for _ in range(100))])
    assert all(line.startswith("rejected") for line in lines)


# -- mutated proofs ----------------------------------------------------------------------------------------------------


def flip(data: bytes, rng: random.Random) -> bytes:
    """Flip one bit."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def mutated(proofs: list[Proof], count: int, rng: random.Random) -> Iterator[bytes]:
    """Yield damaged proofs, and some that are still good."""
    parts = [field.name for field in fields(Proof)]
    for _ in range(count):
        proof, other = rng.sample(proofs, 2)
        data = proof.to_bytes()
        at = rng.randrange(len(data) + 1)
        word = at - at % 8
        match rng.randrange(8):
            case 0:
                yield data[:at] + data[at + rng.randrange(1, 40) :]
            case 1:
                yield data[:at] + rng.randbytes(rng.choice((1, 8, 16, 32))) + data[at:]
            case 2:
                yield data[:word] + rng.choice((bytes(8), b"\xff" * 8, rng.randbytes(8))) + data[word + 8 :]
            case 3:
                yield data[:word] + other.to_bytes()[word:]
            case 4:
                yield replace(proof, **{name: getattr(other, name) for name in rng.sample(parts, 2)}).to_bytes()
            case 5:
                yield rng.choice((data, data[:at], data + bytes(at % 3)))
            case _:
                yield flip(data, rng)


@pytest.mark.parametrize(("make", "count"), [(tiny, 400 * MUTATIONS), (mixed, 100 * MUTATIONS)], ids=["tiny", "mixed"])
def test_both_verifiers_agree_on_mutated_proofs(binary, make, count):
    made, x = make()
    proofs = [made.prove(made.witness(x), context=context) for context in (b"", b"a context", b"another")]
    damaged = list(mutated(proofs, count, random.Random(count)))
    lines = answers(binary, [(made.statement.to_bytes(), b""), *((b"", data) for data in damaged)], "--allow-toy")
    first = [first_answer(made, data) for data in damaged]
    assert [line.partition(":")[0] for line in lines[1:]] == first
    assert {"accepted", "rejected"} == set(first)


# -- statements --------------------------------------------------------------------------------------------------------


def first_accepts(data: bytes) -> bool:
    """Tell whether the first verifier accepts a statement: any exception but UsageError fails the test."""
    try:
        prepare.__wrapped__(Statement.from_bytes(data), allow_toy=True)
    except UsageError:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield every integer and tuple of a statement with the way to it."""
    if is_dataclass(value):
        for field in fields(value):
            yield from places(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        yield path, value
        for k, item in enumerate(value):
            yield from places(item, (*path, k))
    elif isinstance(value, int):
        yield path, value


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Replace what lies at a path."""
    if not path:
        return new
    key, *rest = path
    if isinstance(key, int):
        return (*value[:key], put(value[key], tuple(rest), new), *value[key + 1 :])
    return replace(value, **{key: put(getattr(value, key), tuple(rest), new)})


def changed(value: Any, rng: random.Random) -> Any:
    """Change an integer, or drop, double or exchange an item."""
    if isinstance(value, Enum):
        return rng.choice(list(type(value)))
    if isinstance(value, int):
        return rng.choice(CHANGES)(value)
    if not value:
        return value
    k, other = rng.randrange(len(value)), rng.choice(value)
    return rng.choice(((*value[:k], *value[k + 1 :]), (*value, other), (*value[:k], other, *value[k + 1 :])))


def test_both_verifiers_agree_on_mutated_statements(binary):
    rng = random.Random(MUTATIONS)
    frozen = Statement.from_bytes((VECTORS / "proofs" / "v1" / "statement.zks").read_bytes())
    bases = [(base, list(places(base))) for base in (frozen, mixed()[0].statement, squaring().statement)]
    statements = []
    for _ in range(400 * MUTATIONS):
        base, ways = rng.choice(bases)
        path, value = rng.choice(ways)
        try:
            statements.append(put(base, path, changed(value, rng)).to_bytes())
        except (UsageError, struct.error, OverflowError, ValueError):
            continue
    lines = answers(binary, [(data, b"") for data in statements], "--allow-toy")
    second = [not line.startswith("refused") for line in lines]
    assert second == [first_accepts(data) for data in statements]
    assert 40 < sum(second) < len(second) - 40


def test_refuses_every_statement_that_the_first_verifier_refuses_by_name(binary):
    records, names = [], []
    for name, make, _ in CASES + TABLES:
        try:
            records.append((make().to_bytes(), b""))
        except (UsageError, struct.error, OverflowError, ValueError):
            continue
        names.append(name)
    assert len(names) > len(CASES) * 3 // 4
    lines = answers(binary, records, "--allow-toy")
    assert [name for name, line in zip(names, lines, strict=True) if not line.startswith("refused")] == []


def test_a_function_of_many_arguments_costs_a_pass_over_them(binary):
    made = many_runs(1 << 19)
    squares, *others = made.tables
    one_run = replace(made, tables=(replace(squares, image=(Run(squares.size, 0, 0),)), *others))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    (line,) = answers(binary, [(one_run.to_bytes(), b"")], "--allow-toy")
    assert line.startswith("rejected")
    # A pass over all of them for each of their 2^15 rows of cells took ten seconds.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 2


def test_attacks_are_stopped_by_the_second_verifier_too(binary):
    # A third of each class, for time.
    forgeries = [attack.forge() for found in attack_classes() for attack in found.attacks[::3]]
    # What a verifier asks for is the caller's: the second one is asked for nothing.
    shown = [forged for forged in forgeries if forged.allow_toy and forged.context is forged.expect is None]
    records = [(forged.statement.to_bytes(), forged.proof) for forged in shown]
    assert len(records) > 100
    assert "accepted" not in {line.partition(":")[0] for line in answers(binary, records, "--allow-toy")}
