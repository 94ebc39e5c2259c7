"""Every byte of a proof matters: flipped, dropped, repeated, cut off or added, it leads to ProofError and nothing else.

On the smallest toy proof every bit of every byte is flipped. On `standard` each section's first, last and one more bit.
"""

from collections.abc import Iterator
from functools import cache

import pytest

from attacks.networks import Setup, setup, tiny
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer_verify.api import check_proof, verify
from zkinfer_verify.errors import ProofError
from zkinfer_verify.proof.decode import decode_proof
from zkinfer_verify.transcript.schedule import Kind, Message
from zkinfer_verify.transcript.transcript import Transcript

CHUNK = 60
SEED = b"bit flips"


@cache
def toy_proof() -> tuple[Setup, bytes, tuple[tuple[str, int, int], ...]]:
    """Return the setup, the proof's bytes, and its sections as (name, start, end)."""
    made, x = tiny()
    proof = made.prove(made.witness(x), SEED)
    return made, proof.to_bytes(), sections(proof.sections())


def sections(parts: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, int, int], ...]:
    """Return where each part of a proof lies."""
    out, start = [], 0
    for name, data in parts:
        out.append((name, start, start + len(data)))
        start += len(data)
    return tuple(out)


def chunks() -> Iterator[tuple[str, int, int]]:
    """Cut the sections in pieces of a few seconds."""
    for name, start, end in toy_proof()[2]:
        for first in range(start, end, CHUNK):
            yield name, first, min(first + CHUNK, end)


@pytest.fixture
def zeros_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Absorb the run of zeros once for each state: it is the same for all flips behind the roots."""
    absorb = Transcript.absorb_zeros
    seen: dict[bytes, bytes] = {}

    def remembered(self: Transcript, label: str, count: int) -> None:
        before = self.state
        if before in seen:
            self._take(Message("statement", label, Kind.ZEROS, count))
            self._state = seen[before]
        else:
            absorb(self, label, count)
            seen[before] = self.state

    monkeypatch.setattr(Transcript, "absorb_zeros", remembered)


def only_proof_error(made: Setup, data: bytes, what: str) -> None:
    """Check that bytes are rejected with ProofError; any other exception fails the test by itself."""
    try:
        made.check(data)
    except ProofError:
        return
    pytest.fail(f"accepted: {what}")


def flipped(data: bytes, byte: int, bit: int) -> bytes:
    """Return the bytes with one bit flipped."""
    changed = bytearray(data)
    changed[byte] ^= 1 << bit
    return bytes(changed)


def test_the_unchanged_proof_is_accepted():
    made, data, _ = toy_proof()
    made.check(data)
    verify(made.statement, data, allow_toy=True)


@pytest.mark.usefixtures("zeros_once")
@pytest.mark.parametrize(("name", "start", "end"), list(chunks()))
def test_rejects_a_proof_when_a_bit_is_flipped(name, start, end):
    made, data, _ = toy_proof()
    for byte in range(start, end):
        for bit in range(8):
            only_proof_error(made, flipped(data, byte, bit), f"bit {bit} of byte {byte} in {name} flipped")


def places() -> list[int]:
    """Return the bytes that are dropped and repeated: each section's first and last ones, and every 31st."""
    _, data, parts = toy_proof()
    ends = {at for _, start, end in parts for at in (start, start + 1, end - 2, end - 1)}
    return sorted(ends | set(range(0, len(data), 31)))


def test_rejects_a_proof_when_a_byte_is_dropped_or_repeated():
    made, data, _ = toy_proof()
    for at in places():
        only_proof_error(made, data[:at] + data[at + 1 :], f"byte {at} dropped")
        only_proof_error(made, data[:at] + data[at : at + 1] + data[at:], f"byte {at} repeated")


def test_rejects_a_proof_when_it_is_cut_off():
    made, data, parts = toy_proof()
    siblings = parts[-1][1]
    for length in [*range(siblings), *range(siblings, len(data), 17), len(data) - 1]:
        only_proof_error(made, data[:length], f"cut off after {length} bytes")


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 8, b"\0" * 32, b"\xff" * 4096, b"itself"], ids=repr)
def test_rejects_a_proof_when_bytes_follow_it(tail):
    made, data, _ = toy_proof()
    only_proof_error(made, data + (data if tail == b"itself" else tail), "bytes appended")


@pytest.mark.parametrize("junk", [b"", b"\0", b"\xff" * 100, b"ZKIPROF\0", b"ZKIPROF\0" + b"\xff" * 100])
def test_rejects_bytes_when_they_are_no_proof(junk):
    only_proof_error(toy_proof()[0], junk, "junk")


# -- standard ----------------------------------------------------------------------------------------------------------


@cache
def standard_proof() -> tuple[Setup, bytes, tuple[tuple[str, int, int], ...]]:
    """Return a proof of the smallest network on the profile `standard`."""
    graph = tiny()[0].graph
    made = setup(graph, profile="standard", input_range=(-2, 1))
    proof = made.prove(made.witness(tiny()[1]), SEED)
    return made, proof.to_bytes(), sections(proof.sections())


def check_standard(data: bytes) -> None:
    """Verify on `standard` with the prover's loops over data: the same results, sooner."""
    made = standard_proof()[0]
    check_proof(made.prepared, decode_proof(made.statement, made.prepared.sizes, data), KernelVectors(native))


def test_a_standard_proof_is_accepted_by_the_plain_verifier():
    made, data, _ = standard_proof()
    check_standard(data)
    verify(made.statement, data)


@pytest.mark.parametrize("index", range(17))
def test_rejects_a_standard_proof_when_a_bit_is_flipped(index):
    _, data, parts = standard_proof()
    name, start, end = parts[index]
    middle = start + (end - start) * 618 // 1000
    for byte, bit in ((start, 0), (middle, middle % 8), (end - 1, 7)):
        with pytest.raises(ProofError):
            check_standard(flipped(data, byte, bit))
            pytest.fail(f"accepted: bit {bit} of byte {byte} in {name} flipped")
