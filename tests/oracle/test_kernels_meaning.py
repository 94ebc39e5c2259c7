"""The kernels against definitions that share no code with them."""

from hashlib import sha256
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from zkinfer.kernels import native, plain
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.field.prime import P, root_of_unity

both = pytest.mark.parametrize("kernels", [plain, native], ids=["plain", "native"])


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, P, shape, dtype=np.uint64)


@both
def test_eq_is_the_product_over_bits_with_the_first_variable_on_top(kernels: ModuleType) -> None:
    point = [Ext(*pair) for pair in drawn(3, 2).tolist()]
    table = kernels.eq_table(point).tolist()
    for index, bits in enumerate(product((0, 1), repeat=3)):
        expected = ONE
        for bit, r in zip(bits, point, strict=True):
            expected = expected * (r if bit else ONE - r)
        assert tuple(table[index]) == expected


@both
@pytest.mark.parametrize("degree", [1, 2, 3, 5])
@pytest.mark.parametrize("with_eq", [False, True])
def test_the_last_claim_of_a_run_of_rounds_is_one_combination(kernels: ModuleType, degree: int, with_eq: bool) -> None:
    rounds = 3
    point, factors = ([Ext(*pair) for pair in drawn(rounds, 2).tolist()] for _ in range(2))
    # Each round's polynomial by its coefficients, and the claim before the round that its values at 0 and 1 make.
    polynomials = [[Ext(*pair) for pair in row] for row in drawn(rounds, degree + 1, 2).tolist()]
    sent = [_at(f, Ext(x)) for f in polynomials for x in (0, *range(2, degree + 1))]
    last = claim = Ext(5, 6)
    for f, r, factor in zip(polynomials, point, factors, strict=True):
        at_zero = _at(f, ZERO)
        at_one = (last - at_zero) * factor.inverse() + at_zero if with_eq else last - at_zero
        # The polynomial through what was sent and this value at 1: f, and a multiple of the one that is 1 there only.
        last = _at(f, r) + (at_one - _at(f, ONE)) * _only_at_one(degree, r)
    weights = kernels.round_weights(point, degree, factors if with_eq else None)
    total = ZERO
    for weight, value in zip(weights, [claim, *sent], strict=True):
        total = total + Ext(*weight) * value
    assert total == last


def _at(coefficients: list[Ext], x: Ext) -> Ext:
    value = ZERO
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def _only_at_one(degree: int, x: Ext) -> Ext:
    value = ONE
    for m in (0, *range(2, degree + 1)):
        value = value * (x - m) * Ext(1 - m).inverse()
    return value


@both
def test_codewords_are_values_on_the_coset(kernels: ModuleType) -> None:
    n, length = 32, 11
    rows, out = drawn(3, length), np.zeros((n, 5), dtype=np.uint64)
    kernels.encode_rows_into(rows, out, 1)
    for j in range(n):
        x = 7 * pow(root_of_unity(n), j, P) % P
        values = [sum(int(c) * pow(x, k, P) for k, c in enumerate(row)) % P for row in rows]
        assert out[j].tolist() == [0, *values, 0]


@both
def test_codewords_can_be_written_to_a_file(kernels: ModuleType, tmp_path: Path) -> None:
    rows, expected = drawn(2, 3), np.zeros((8, 2), dtype=np.uint64)
    kernels.encode_rows_into(rows, expected, 0)
    file = np.memmap(tmp_path / "code", dtype=np.uint64, mode="w+", shape=(8, 2))
    kernels.encode_rows_into(rows, file, 0)
    np.testing.assert_array_equal(file, expected)


@both
def test_hashes_are_those_of_hashlib(kernels: ModuleType) -> None:
    matrix, salts = drawn(4, 70), np.arange(128, dtype=np.uint8).reshape(4, 32)
    leaves = kernels.hash_leaves(b"leaf", matrix, salts)
    for j in range(4):
        words = b"".join(int(x).to_bytes(8, "little") for x in matrix[j])
        assert leaves[j].tobytes() == sha256(b"leaf" + j.to_bytes(8, "little") + salts[j].tobytes() + words).digest()
    levels = kernels.merkle_levels(b"node", leaves)
    assert len(levels) == 7
    nodes = [sha256(b"node" + leaves[k : k + 2].tobytes()).digest() for k in (0, 2)]
    assert levels[6].tobytes() == sha256(b"node" + nodes[0] + nodes[1]).digest()


@both
def test_a_round_and_a_fold_keep_a_sumcheck_consistent(kernels: ModuleType) -> None:
    """s(0) + s(1) is the sum before the fold, and s(r) the sum after it."""
    a, b, r, half = drawn(2, 7, 2), drawn(2, 7, 2)[::-1].copy(), Ext(5, 9), 4
    s0, s2 = (Ext(*s) for s in kernels.product_round(a, b, half))
    s1 = Ext(*kernels.dot(a.reshape(-1, 2), b.reshape(-1, 2))) - s0
    half_inverse = Ext((P + 1) // 2)
    second = (s2 - s1 * 2 + s0) * half_inverse
    at_r = s0 + r * (s1 - s0 - second) + r * r * second
    folded = [kernels.fold(table, r, half).reshape(-1, 2) for table in (a, b)]
    assert at_r == Ext(*kernels.dot(*folded))


@both
def test_the_tree_of_fractions_adds_up(kernels: ModuleType) -> None:
    nodes = np.empty((5, 2, 2), dtype=np.uint64)
    kernels.logup_leaves_into(drawn(5), drawn(5), drawn(2, 5), (3, 4), [(1, 2), (5, 6)], nodes)
    total = ZERO
    for numerator, denominator in nodes.tolist():
        total = total + Ext(*numerator) * Ext(*denominator).inverse()
    while len(nodes) > 1:
        nodes = kernels.logup_parents(nodes)
    numerator, denominator = nodes[0].tolist()
    assert Ext(*numerator) * Ext(*denominator).inverse() == total
