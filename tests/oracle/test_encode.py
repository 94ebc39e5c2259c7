"""Codewords are values at 7 w^j, computed one by one: every small size and length, and the shapes of the profiles.

The transform is linear: what it does to the monomials it does to all polynomials, as far as its arithmetic is exact.
That is tried apart, on rows of edge values.
"""

from types import ModuleType

import numpy as np
import pytest

from zkinfer.kernels import native, plain
from zkinfer_verify.field.prime import P
from zkinfer_verify.params.profile import PROFILES
from zkinfer_verify.poly.reed_solomon import coset_points

both = pytest.mark.parametrize("kernels", [plain, native], ids=["plain", "native"])
EDGES = [0, 1, P - 1, P - 2, 2**32 - 1, 2**32, P - 2**32, 2**63, P, 2**64 - 1]


def encoded(kernels: ModuleType, rows: np.ndarray, n: int) -> np.ndarray:
    """Return the codewords as columns; every cell is written."""
    code = np.full((n, len(rows)), 2**64 - 1, dtype=np.uint64)
    kernels.encode_rows_into(rows, code, 0)
    return code


def horner(row: np.ndarray, x: int) -> int:
    """Evaluate a polynomial, lowest coefficient first."""
    out = 0
    for coefficient in row[::-1].tolist():
        out = (out * x + coefficient) % P
    return out


@both
@pytest.mark.parametrize("log_n", range(7))
def test_monomials_of_every_length_take_their_values(kernels: ModuleType, log_n: int) -> None:
    n = 1 << log_n
    values = [[pow(x, k, P) for k in range(n)] for x in coset_points(n, range(n))]
    lengths = range(1, n + 1) if kernels is native else {1, n // 2 + 1, n - 1 or 1, n}
    for length in lengths:
        code = encoded(kernels, np.eye(length, dtype=np.uint64), n)
        assert code.tolist() == [line[:length] for line in values]


@both
@pytest.mark.parametrize("n", [1, 2, 4, 8, 16, 32])
def test_rows_of_edge_values_take_their_values(kernels: ModuleType, n: int) -> None:
    drawn = np.random.default_rng(n)
    for length in range(1, n + 1):
        constant = np.repeat(np.array(EDGES, dtype=np.uint64)[:, None], length, axis=1)
        mixed = drawn.choice(np.array(EDGES, dtype=np.uint64), (3, length))
        rows = np.concatenate([constant, mixed])
        code = encoded(kernels, rows, n)
        for j, x in enumerate(coset_points(n, range(n))):
            assert code[j].tolist() == [horner(row, x) for row in rows]


def shapes() -> list[tuple[str, int, int]]:
    """Return (name, coefficients, code length) of the rows of W and A, and of Q, of every profile."""
    out = []
    for profile in PROFILES.values():
        queries = profile.fixed_queries or 150
        for row_vars in {profile.row_vars[0], profile.row_vars[-1]}:
            out.append(
                (f"{profile.name}, 2^{row_vars}", (1 << row_vars) + queries, 1 << (row_vars + profile.log_inv_rate))
            )
        pad = profile.pad_row_vars
        out.append((f"{profile.name}, Q", (1 << pad) + queries, 1 << (pad + profile.pad_log_inv_rate)))
    return out


@pytest.mark.parametrize(("length", "n"), [pytest.param(*shape[1:], id=shape[0]) for shape in shapes()])
def test_rows_of_the_profiles_take_their_values(length: int, n: int) -> None:
    """Nine rows, more than the transform's lanes; a few positions, the first and last among them."""
    drawn = np.random.default_rng(length)
    rows = drawn.integers(0, P, (9, length), dtype=np.uint64)
    rows[0], rows[1] = P - 1, drawn.choice(np.array(EDGES, dtype=np.uint64), length)
    code = encoded(native, rows, n)
    assert int(code.max()) < P
    places = [0, 1, n // 2, n - 1, *drawn.integers(0, n, 3).tolist()]
    for j, x in zip(places, coset_points(n, places), strict=True):
        for i in (0, 1, 7, 8):
            assert int(code[j, i]) == horner(rows[i], x)
