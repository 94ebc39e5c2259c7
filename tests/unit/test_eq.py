"""The equality polynomial and its prefix sums, against the sums over the hypercube that define them."""

from itertools import product

import pytest

from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly.eq import (
    eq_at,
    eq_index,
    eq_table,
    index_point,
    num_bits,
    prefix_identity,
    prefix_indicator,
    prefix_pair,
)
from zkinfer_verify.poly.multilinear import evaluate_tensor

X = [Ext(3, 5), Ext(2**63, 1), Ext(0, 9), Ext(7)]
Y = [Ext(1), Ext(11, 2**62), Ext(5, 5), Ext(2)]


def defined(x: list[Ext], index: int) -> Ext:
    """Return prod_k (bit k of the index, top bit first, ? x_k : 1 - x_k)."""
    out = ONE
    for k, r in enumerate(x):
        out = out * (r if (index >> (len(x) - 1 - k)) & 1 else 1 - r)
    return out


@pytest.mark.parametrize("n", range(5))
def test_eq_is_its_definition(n):
    x, y = X[:n], Y[:n]
    assert eq_table(x) == [defined(x, i) for i in range(1 << n)]
    assert all(eq_index(x, i) == eq_at(x, index_point(i, n)) == defined(x, i) for i in range(1 << n))
    assert eq_at(x, y) == sum((defined(x, i) * defined(y, i) for i in range(1 << n)), ZERO)
    assert sum(eq_table(x), ZERO) == ONE


@pytest.mark.parametrize(("n", "count"), [(n, count) for n in range(5) for count in range((1 << n) + 1)])
def test_prefix_sums_are_their_definition(n, count):
    x, y = X[:n], Y[:n]
    assert prefix_indicator(count, x) == sum((defined(x, i) for i in range(count)), ZERO)
    assert prefix_pair(count, x, y) == sum((defined(x, i) * defined(y, i) for i in range(count)), ZERO)
    assert prefix_identity(count, x) == sum((defined(x, i) * i for i in range(count)), ZERO)


def test_bits_that_index_a_count():
    assert [num_bits(count) for count in (0, 1, 2, 3, 4, 5, 8, 9)] == [0, 0, 1, 2, 2, 3, 3, 4]


def test_a_tensor_is_zero_outside_of_its_extents():
    dims, values = (3, 2), [5, -1, 0, 7, 2, 9]
    point = X[:3]
    cells = {(i, j): values[2 * i + j] for i, j in product(range(3), range(2))}
    expected = sum((defined(point[:2], i) * defined(point[2:], j) * v for (i, j), v in cells.items()), ZERO)
    assert evaluate_tensor(values, dims, point) == expected != ZERO
    with pytest.raises(ValueError, match="do not fill"):
        evaluate_tensor(values[:-1], dims, point)
