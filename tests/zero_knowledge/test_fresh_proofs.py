"""Two proofs of one statement and one input share nothing but what is public; errors and reprs show nothing hidden."""

import copy
import hashlib
import inspect
import pickle
from typing import Any

import numpy as np
import pytest

import zkinfer
from attacks.networks import integers, mixed, tiny
from zkinfer.program.witness import Witness
from zkinfer.prove.entropy import Entropy
from zkinfer_verify.errors import UsageError
from zkinfer_verify.hashing.digest import decode_base
from zkinfer_verify.proof.proof import Proof

PUBLIC = {"magic and version", "statement digest", "context", "outputs", "columns of W"}


def elements(proof: Proof) -> dict[str, list[Any]]:
    """Return what a proof shows, part by part: elements, salts and digests."""
    pieces: dict[str, list[Any]] = {"scalars": list(proof.scalars), "reveals": list(proof.reveals)}
    for name in ("y", "proximity", "linear"):
        flat = decode_base(getattr(proof, name))
        pieces[name] = list(zip(flat[0::2], flat[1::2], strict=True))
    pieces |= {name: list(decode_base(getattr(proof, name))) for name in ("columns_witness", "columns_pads")}
    for name in ("salts_witness", "salts_pads", "root_witness", "root_pads"):
        data = getattr(proof, name)
        pieces[name] = [data[k : k + 32] for k in range(0, len(data), 32)]
    return pieces


@pytest.mark.parametrize("make", [tiny, mixed])
def test_two_proofs_share_no_message(make):
    made, x = make()
    first, second = (elements(made.prove(made.witness(x))) for _ in range(2))
    for name, found in first.items():
        assert not set(found) & set(second[name]), name
        assert len(set(found)) == len(found), name


def test_two_proofs_share_no_message_even_if_the_systems_generator_repeats(monkeypatch):
    """The seed hashes all that is proved in: another input, context or statement is masked by other randomness."""
    monkeypatch.setattr("os.urandom", lambda count: b"\7" * count)
    made, x = mixed()
    same = elements(made.prove(made.witness(x)))
    other_input = elements(made.prove(made.witness(np.where(x > 0, x - 1, x + 1))))
    other_context = elements(made.prove(made.witness(x), context=b"another"))
    wide, _ = mixed(wide=True)
    other_statement = elements(wide.prove(wide.witness(x)))
    for other in (other_input, other_context, other_statement):
        for name, found in same.items():
            assert not set(found) & set(other[name]), name


def test_the_length_of_a_proof_does_not_depend_on_the_input():
    """All but the Merkle siblings have a fixed size; theirs follows from the public positions."""
    made, x = mixed()
    inputs = [x, np.full_like(x, -5), np.full_like(x, 4), np.zeros_like(x), integers(9, *x.shape, low=-5, high=5)]
    sizes = {
        tuple((name, len(data)) for name, data in made.prove(made.witness(z)).sections() if name != "Merkle siblings")
        for z in inputs
    }
    assert len(sizes) == 1


def test_a_masked_message_takes_many_values():
    """Each padded scalar's first byte over many proofs of one input: no value is met much more often than others."""
    made, x = tiny()
    witness = made.witness(x)
    counts = np.zeros(256, dtype=int)
    for _ in range(40):
        for scalar in made.prove(witness).scalars:
            counts[scalar[0] & 255] += 1
    total = int(counts.sum())
    chi_square = float(((counts - total / 256) ** 2 / (total / 256)).sum())
    # 255 degrees of freedom: mean 255, standard deviation 22.6; far beyond ten deviations is no chance.
    assert chi_square < 500


# -- what must never be shown ------------------------------------------------------------------------------------------


def test_entropy_is_never_written_out():
    entropy = Entropy(b"a seed that nobody may see")
    assert repr(entropy) == str(entropy) == "Entropy(hidden)"
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never written out"):
            write(entropy)


def test_each_part_of_what_is_proved_binds_the_seed(monkeypatch):
    """In the order of the specification, whatever the system's generator gives: digest, outputs, context, witness."""
    made, x = tiny()
    bound = []
    bind = Entropy.bind
    monkeypatch.setattr(Entropy, "bind", lambda self, *parts: bound.append(parts) or bind(self, *parts))
    witness = made.witness(x)
    made.prove(witness, context=b"a context")
    cells = b"".join(
        hashlib.sha256(b"zkinfer1/entropy" + j.to_bytes(8, "little") + row.tobytes()).digest()
        for j, row in enumerate(witness.rows)
    )
    expected = (made.statement.digest, repr(witness.outputs).encode(), b"a context", cells)
    assert bound == [expected]
    streams = {Entropy(b"1").salts(1).tobytes()}
    for k in range(len(expected)):
        parts = [part + b"!" * (j == k) for j, part in enumerate(expected)]
        entropy = Entropy(b"1")
        entropy.bind(*parts)
        streams.add(entropy.salts(1).tobytes())
    assert len(streams) == len(expected) + 1


def test_entropy_draws_differ_and_follow_their_seed():
    first, same, other, bound = Entropy(b"1"), Entropy(b"1"), Entropy(b"2"), Entropy(b"1")
    bound.bind(b"statement")
    drawn = first.salts(1).tobytes()
    assert same.salts(1).tobytes() == drawn
    assert len({drawn, first.salts(1).tobytes(), other.salts(1).tobytes(), bound.salts(1).tobytes()}) == 4
    found = Entropy(b"3").elements(1000, 2)
    assert found.shape == (1000, 2) and int(found.max()) < 2**64 - 2**32 + 1
    assert len(np.unique(found)) == 2000


def test_a_witness_does_not_show_itself():
    made, x = mixed()
    witness = made.witness(x)
    assert repr(witness) == "Witness(hidden)"
    assert str(int(witness.rows.max())) not in repr(witness)


def test_an_error_about_the_input_names_the_place_and_not_the_value():
    made, x = mixed()
    secret = 987654321
    wrong = x.copy()
    wrong[2, 1, 0] = secret
    with pytest.raises(UsageError, match=r"\(2, 1, 0\)") as caught:
        made.witness(wrong)
    assert str(secret) not in str(caught.value)


def test_an_error_of_the_prover_does_not_show_the_witness(monkeypatch):
    """Where prover and reductions part, the error names the step alone."""
    from zkinfer.prove import prover

    made, x = tiny()
    rows = made.witness(x).rows.copy()
    rows[0, 0] = 987654321
    monkeypatch.setattr(prover, "prove_lookups", lambda *args: None)
    with pytest.raises(Exception, match=r".") as caught:
        made.prove(Witness(rows, ((0,),)))
    assert "987654321" not in str(caught.value)


def test_the_public_interface_takes_no_randomness():
    """No public function has a parameter by which a caller could choose, repeat or fix the prover's randomness."""
    words = ("entropy", "seed", "random", "rng", "salt", "nonce", "pad", "mask")
    for name in zkinfer.__all__:
        function = getattr(zkinfer, name)
        if inspect.isfunction(function):
            parameters = list(inspect.signature(function).parameters)
            assert not [p for p in parameters if any(word in p.lower() for word in words)], name


def test_the_environment_gives_no_randomness(monkeypatch):
    for name in ("ZKINFER_SEED", "ZKINFER_ENTROPY", "SEED", "PYTHONHASHSEED"):
        monkeypatch.setenv(name, "1")
    assert Entropy.fresh().salts(1).tobytes() != Entropy.fresh().salts(1).tobytes()
