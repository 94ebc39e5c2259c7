"""Mutated proofs: whatever bytes stand where a proof should, the verifier raises ProofError and nothing else."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from attacks.networks import RANGE, Setup, integers, mixed, setup, tiny
from campaigns.campaign import Campaign, CaseFailed, Tally
from campaigns.mutations import KEEP_SHAPE, SINGLE, Parts, Source, mutate
from campaigns.reopening import Honest, open_again, prove_and_keep
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer_verify.errors import ProofError
from zkinfer_verify.poly.vectors import Vectors

NUMBERS = re.compile(r"\b[0-9a-f]{64}\b|(?<!\w)-?\d+\b")
PROOFS = 4
MENDED = "constraints mended, opened again"
REOPENED = 16
"""One case in so many is opened again."""
TINY_RANGE = (-2, 1)
VECTORS = {"toy": Vectors(), "standard": KernelVectors(native)}


@dataclass(frozen=True)
class Subject:
    """A statement, and honest proofs of it: two inputs, two contexts, fresh masks each.

    weight: how often it is drawn; files: the honest proofs as bytes; bound: of its public outputs.
    """

    name: str
    weight: int
    made: Setup
    proofs: tuple[Honest, ...]
    files: frozenset[bytes]
    bound: int


@cache
def subjects(profile: str) -> tuple[Subject, ...]:
    """Return the statements whose proofs are mutated, the same in every run."""
    small, every = tiny()[0], mixed()[0]
    if profile == "toy":
        return (
            _subject("two inputs, one output", 98, small, TINY_RANGE),
            _subject("every relation", 1, every, RANGE),
            _subject("every relation, a wide limb", 1, mixed(wide=True)[0], RANGE),
        )
    return (
        _subject("two inputs, one output", 50, _planned(small, profile, TINY_RANGE), TINY_RANGE),
        _subject("every relation", 50, _planned(every, profile, RANGE), RANGE),
    )


def _planned(made: Setup, profile: str, input_range: tuple[int, int]) -> Setup:
    """Make a network ready on another profile, with the plan that the planner chooses."""
    return setup(made.graph, profile=profile, input_range=input_range)


def _subject(name: str, weight: int, made: Setup, input_range: tuple[int, int]) -> Subject:
    low, high = input_range
    proofs = []
    for number in range(PROOFS):
        x = integers(number % 2, *made.graph.input_shape, low=low, high=high + 1)
        context = b"a context" if number < 2 else b"another one"
        proofs.append(prove_and_keep(made, made.witness(x), f"mutated proof {number}".encode(), context))
    files = frozenset(b"".join(proof.parts.values()) for proof in proofs)
    for data in files:
        made.check(data)
    bound = max(output.bound for output in made.statement.outputs)
    return Subject(name, weight, made, tuple(proofs), files, bound)


def run_case(profile: str, draw: Random, tally: Tally) -> None:
    """Mutate one proof and verify it.

    Errors: CaseFailed when it is accepted, or when the verifier raises anything but ProofError.
    """
    chosen = subjects(profile)
    (subject,) = draw.choices(chosen, [subject.weight for subject in chosen])
    name, data = _mutant(draw, subject, VECTORS[profile], tally)
    evidence = {"statement.zks": subject.made.statement.to_bytes(), "proof.zkp": data}
    try:
        subject.made.check(data, VECTORS[profile])
    except ProofError as error:
        tally.count("rejected by", NUMBERS.sub("N", str(error)))
    except Exception as error:
        raise CaseFailed(f"{name}: the verifier raised {type(error).__name__}: {error}", evidence) from error
    else:
        raise CaseFailed(f"{name}: the verifier accepted it", evidence)
    tally.count("mutation", name)
    tally.count("statement", subject.name)
    tally.measure("bytes of the mutated proof", len(data))


def _mutant(draw: Random, subject: Subject, vectors: Vectors, tally: Tally) -> tuple[str, bytes]:
    """Draw mutations until the bytes are those of no honest proof; the ones that changed nothing are no case."""
    while True:
        mine, other = draw.sample(subject.proofs, 2)
        parts = dict(mine.parts)
        source = Source(other.parts, subject.made.prepared.sizes.num_queries, subject.bound)
        if draw.randrange(REOPENED):
            name = mutate(draw, parts, source)
        else:
            name = draw.choice(KEEP_SHAPE)
            SINGLE[name](draw, parts, source)
            name += _opened_again(draw, subject, mine, parts, vectors)
        data = b"".join(parts.values())
        if data not in subject.files:
            return name, data
        tally.count("drawn again, bytes unchanged", name)


def _opened_again(draw: Random, subject: Subject, honest: Honest, parts: Parts, vectors: Vectors) -> str:
    """Open a changed proof's columns again; return how, or nothing where it is rejected before its positions."""
    mend = draw.random() < 0.5
    try:
        open_again(subject.made, honest, parts, mend=mend, vectors=vectors)
    except ProofError:
        return ""
    return f", {MENDED if mend else 'opened again'}"


def _run_toy(draw: Random, tally: Tally) -> None:
    run_case("toy", draw, tally)


def _run_standard(draw: Random, tally: Tally) -> None:
    run_case("standard", draw, tally)


CLAIM = "each mutated proof was rejected with ProofError"
DISTRIBUTION = {
    "proofs": f"{PROOFS} honest ones of each statement: two inputs, two contexts, fresh masks",
    "mutations": "five in six: one of the kinds counted below, evenly; one in six: two to five that keep the shape",
    "opened again": f"one case in {REOPENED}: one mutation that keeps the shape, then the honest commitments are "
    "opened at the positions that the changed transcript draws; in half of them, the linear vector is mended before",
}
VERIFIER = "decode_proof and check_proof of zkinfer_verify, {}; the statement is prepared once"
TOY = {
    "profile": "toy",
    "verifier": VERIFIER.format("in plain Python"),
    "statements": "98 % two inputs and one output, 1 % every relation, 1 % every relation and a wide limb",
}
STANDARD = {
    "profile": "standard",
    "verifier": VERIFIER.format("its loops over data in Rust"),
    "statements": "half two inputs and one output, half every relation; plans chosen by the planner",
}
TOY_CAMPAIGN = Campaign("mutated-toy", CLAIM, 1_000_000, 200, TOY | DISTRIBUTION, _run_toy)
STANDARD_CAMPAIGN = Campaign("mutated-standard", CLAIM, 10_000, 10, STANDARD | DISTRIBUTION, _run_standard)
