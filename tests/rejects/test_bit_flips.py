"""Every byte of a proof matters: flipped, dropped, repeated, cut off or added, it leads to ProofError and nothing else.

On the smallest toy proof every bit of every byte is flipped. On `standard` each section's first, last and one more bit.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from attacks.networks import Setup, setup, tiny
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer_verify import api
from zkinfer_verify.api import check_proof, verify
from zkinfer_verify.check.claims import Channel
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
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Absorb zeros, reduce relations and combine constraints once for what they depend on: most flips lie behind.

    Zeros depend on the state before them; what the channel does from then on, on its state, and on the scalars.
    """
    absorb, seen = Transcript.absorb_zeros, dict[Any, Any]()

    def zeros(self: Transcript, label: str, count: int) -> None:
        before = self.state
        if before in seen:
            self._take(Message("statement", label, Kind.ZEROS, count))
            self._state = seen[before]
        else:
            absorb(self, label, count)
            seen[before] = self.state

    def remember(name: str, channel_of: Callable[[Any], Channel]) -> None:
        step = getattr(api, name)

        def remembered(first: Any, *rest: Any) -> Any:
            ch = channel_of(first)
            key = name, ch.transcript.state, ch._scalars
            if key not in seen:
                result = step(first, *rest)
                seen[key] = result, copied(vars(ch)), copied(vars(ch.transcript))
            result, of_channel, of_transcript = seen[key]
            vars(ch.transcript).update(copied(of_transcript))
            vars(ch).update(copied(of_channel), transcript=ch.transcript)
            return result

        monkeypatch.setattr(api, name, remembered)

    monkeypatch.setattr(Transcript, "absorb_zeros", zeros)
    remember("reduce_all", lambda reduction: reduction.ch)
    remember("draw_pad_test", lambda ch: ch)


def copied(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes, their lists and dictionaries copied."""
    return {name: value.copy() if isinstance(value, (list, dict)) else value for name, value in attributes.items()}


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


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(("name", "start", "end"), list(chunks()))
def test_rejects_a_proof_when_a_bit_is_flipped(name, start, end):
    made, data, _ = toy_proof()
    for byte in range(start, end):
        for bit in range(8):
            only_proof_error(made, flipped(data, byte, bit), f"bit {bit} of byte {byte} in {name} flipped")


def verdicts() -> list[str]:
    """Return why a flip in the middle of each section is rejected; the unchanged proof is accepted in between."""
    made, data, parts = toy_proof()
    out = []
    for _, start, end in parts:
        made.check(data)
        with pytest.raises(ProofError) as error:
            made.check(flipped(data, (start + end) // 2, 0))
        out.append(str(error.value))
    return out


def test_remembering_changes_no_verdict(request):
    computed = verdicts()
    request.getfixturevalue("once")
    assert verdicts() == computed


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
