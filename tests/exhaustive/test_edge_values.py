"""Every pair of edge values in F and in E: verifier, slow definition and both sets of kernels against integers mod p.

The Rust fields are held to the same in rust/field/tests and rust/verifier/tests.
"""

from itertools import product
from types import ModuleType

import numpy as np
import pytest

from spec.field import Ext as SlowExt
from zkinfer.kernels import native, plain
from zkinfer_verify.errors import ProofError
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.field.prime import P, inverse, root_of_unity, signed
from zkinfer_verify.hashing.digest import encode_base
from zkinfer_verify.proof.decode import _Reader

CANONICAL = [0, 1, 2**32 - 1, 2**32, 2**63, P // 2, P // 2 + 1, P - 2**32, P - 2, P - 1]
NOT_CANONICAL = [P, P + 1, 2**64 - 2, 2**64 - 1]
EDGES = CANONICAL + NOT_CANONICAL
BASE_PAIRS = [(a, b) for a in EDGES for b in EDGES]
PAIRS = [(a, b) for a in CANONICAL for b in CANONICAL]
both = pytest.mark.parametrize("kernels", [plain, native], ids=["plain", "native"])

Pair = tuple[int, int]


def times(x: Pair, y: Pair) -> Pair:
    """Return (a + b X)(c + d X) with X^2 = 7."""
    (a, b), (c, d) = x, y
    return (a * c + 7 * b * d) % P, (a * d + b * c) % P


def plus(x: Pair, y: Pair) -> Pair:
    """Return the sum."""
    return (x[0] + y[0]) % P, (x[1] + y[1]) % P


def minus(x: Pair, y: Pair) -> Pair:
    """Return the difference."""
    return (x[0] - y[0]) % P, (x[1] - y[1]) % P


def words(values: object) -> np.ndarray:
    """Store words, canonical or not."""
    return np.array(values, dtype=np.uint64)


@pytest.mark.parametrize("field", [Ext, SlowExt], ids=["verifier", "spec"])
def test_extension_arithmetic(field: type) -> None:
    elements = [field(*pair) for pair in PAIRS]
    for x, y in product(elements, repeat=2):
        assert x * y == times(x, y)
        assert x + y == plus(x, y)
        assert x - y == minus(x, y)
    for x, n in product(elements, [*CANONICAL, -1, 1 - P, -(2**63)]):
        assert x * n == n * x == times(x, (n % P, 0))
        assert x + n == n + x == plus(x, (n % P, 0))
        assert (x - n, n - x) == (minus(x, (n % P, 0)), minus((n % P, 0), x))


@pytest.mark.parametrize("field", [Ext, SlowExt], ids=["verifier", "spec"])
def test_inverses(field: type) -> None:
    for pair in PAIRS[1:]:
        assert times(pair, field(*pair).inverse()) == (1, 0)
    with pytest.raises(ValueError, match="not invertible"):
        field(0, 0).inverse()


def test_inverses_and_signs_in_the_base_field() -> None:
    for a in EDGES:
        if a % P:
            assert inverse(a) * a % P == 1
    for zero in (0, P):
        with pytest.raises(ValueError, match="not invertible"):
            inverse(zero)
    for a in CANONICAL:
        assert signed(a) % P == a
        assert -P < 2 * signed(a) < P


def test_roots_of_unity_have_their_order() -> None:
    assert root_of_unity(1) == 1
    for log_order in range(1, 33):
        assert pow(root_of_unity(1 << log_order), 1 << (log_order - 1), P) == P - 1


def test_elements_are_made_canonical() -> None:
    for a, b in BASE_PAIRS:
        assert Ext(a, b) == (a % P, b % P)
        assert Ext(-a, -b) == (-a % P, -b % P)
    assert (Ext(P), Ext(P + 1, 2 * P)) == (ZERO, ONE)


@pytest.mark.parametrize("word", EDGES)
def test_words_of_a_proof_are_refused_from_p_on(word: int) -> None:
    data = encode_base([0, word, 0, 0])
    if word < P:
        assert _Reader(data).ext("part", 2) == ((0, word), (0, 0))
        return
    with pytest.raises(ProofError, match="proof has an element >= p in its part"):
        _Reader(data).elements("part", len(data))


@both
def test_kernels_in_the_base_field(kernels: ModuleType) -> None:
    a, b = (words([pair[k] for pair in BASE_PAIRS]) for k in (0, 1))
    assert kernels.add(a, b).tolist() == [(x + y) % P for x, y in BASE_PAIRS]
    for x, y in BASE_PAIRS:
        assert kernels.dot_base(words([x, x]), words([[y, 0], [0, y]])) == (x * y % P, x * y % P)


@both
def test_kernels_scale_by_every_element(kernels: ModuleType) -> None:
    every = words(BASE_PAIRS)
    for scalar in BASE_PAIRS:
        expected = [times((a % P, b % P), scalar) for a, b in BASE_PAIRS]
        assert [*map(tuple, kernels.ext_mul(every, words([scalar] * len(every))).tolist())] == expected
        assert list(map(tuple, kernels.ext_scale(every, scalar).tolist())) == expected


@both
def test_kernels_multiply_every_two_elements(kernels: ModuleType) -> None:
    """The parent of 1/x and 1/y is (x + y)/(x y): sums and products in E, as lanes compute them."""
    quads = list(product(BASE_PAIRS[:: 3 if kernels is plain else 1], BASE_PAIRS))
    leaves = words([[[1, 0], element] for quad in quads for element in quad])
    found = kernels.logup_parents(leaves).tolist()
    assert [tuple(numerator) for numerator, _ in found] == [plus(x, y) for x, y in quads]
    assert [tuple(denominator) for _, denominator in found] == [times(x, y) for x, y in quads]


@both
def test_signed_integers_at_their_ends(kernels: ModuleType) -> None:
    values = [0, 1, -1, 2**31, -(2**31), 2**32, -(2**32), 2**63 - 1, -(2**63)]
    assert kernels.to_field(np.array(values, dtype=np.int64)).tolist() == [value % P for value in values]
