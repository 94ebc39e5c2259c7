"""Field, equality polynomial, interpolation and codes over fields of 5, 17, 25 and 289 elements.

Every element is tried; where a function is linear, every element of a basis.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from tests.exhaustive.smaller_prime import elements, ext_product, ext_sum, smaller_prime
from zkinfer.kernels import plain
from zkinfer_verify.field.extension import ONE, ZERO, Ext, inverses, powers
from zkinfer_verify.field.prime import inverse, root_of_unity, signed
from zkinfer_verify.hashing.digest import encode_ext
from zkinfer_verify.poly.eq import eq_at, eq_index, eq_table, prefix_identity, prefix_indicator, prefix_pair
from zkinfer_verify.poly.multilinear import evaluate_tensor
from zkinfer_verify.poly.reed_solomon import coset_points
from zkinfer_verify.poly.univariate import lagrange_weights
from zkinfer_verify.poly.vectors import Vectors


@pytest.fixture(params=[5, 17])
def p(request: pytest.FixtureRequest) -> Iterator[int]:
    """A prime whose fields are small; all arithmetic is over it during the test."""
    with smaller_prime(request.param):
        yield request.param


@pytest.fixture
def five() -> Iterator[int]:
    """The smaller one, for all tuples of elements."""
    with smaller_prime(5):
        yield 5


def power(x: Ext, exponent: int) -> Ext:
    """Return x^exponent by its definition."""
    return ext_product([x] * exponent)


# -- the field ---------------------------------------------------------------------------------------------------------


def test_products_are_those_of_polynomials_modulo_x_squared_minus_seven(p: int) -> None:
    every = elements(p)
    assert len(set(every)) == p * p
    for x, y in product(every, repeat=2):
        (a, b), (c, d) = x, y
        assert x * y == ((a * c + 7 * b * d) % p, (a * d + b * c) % p)
        assert x + y == ((a + c) % p, (b + d) % p)
        assert x - y == ((a - c) % p, (b - d) % p)
        assert x - y == x + -y


def test_integers_stand_for_elements_on_either_side(p: int) -> None:
    for x, n in product(elements(p), range(-p, 2 * p)):
        assert x * n == n * x == x * Ext(n)
        assert x + n == n + x == x + Ext(n)
        assert (x - n, n - x) == (x - Ext(n), Ext(n) - x)


def test_every_element_but_zero_has_an_inverse(p: int) -> None:
    for x in elements(p)[1:]:
        assert x * x.inverse() == ONE
        assert power(x, p * p - 1) == ONE
        assert powers(x, 4) == [power(x, k) for k in range(1, 5)]
    assert inverses(elements(p)[1:]) == [x.inverse() for x in elements(p)[1:]]
    assert inverses([]) == []
    for a in range(1, p):
        assert a * inverse(a) % p == 1
    for of_zero in (ZERO.inverse, lambda: inverse(0), lambda: inverses([ONE, ZERO, ONE])):
        with pytest.raises(ValueError, match="not invertible"):
            of_zero()


def test_the_laws_of_a_field_hold_for_all_triples(five: int) -> None:
    for x, y, z in product(elements(five), repeat=3):
        assert (x + y) + z == x + (y + z)
        assert (x * y) * z == x * (y * z)
        assert x * (y + z) == x * y + x * z
        assert ext_sum([x, y, z]) == x + y + z


def test_signed_values_are_the_least(p: int) -> None:
    assert sorted(map(signed, range(p))) == list(range(-(p // 2), p // 2 + 1))
    assert [signed(a) % p for a in range(p)] == list(range(p))


# -- multilinear -------------------------------------------------------------------------------------------------------


def corner_weight(point: tuple[Ext, ...], index: int) -> Ext:
    """Return eq(point, index) as the product over bits, top bit first."""
    last = len(point) - 1
    return ext_product(r if index >> (last - k) & 1 else 1 - r for k, r in enumerate(point))


def points(five: int) -> Iterator[tuple[Ext, ...]]:
    """All points over E of up to two variables, and over F of three."""
    for n in range(3):
        yield from product(elements(five), repeat=n)
    yield from product([Ext(a) for a in range(five)], repeat=3)


def test_eq_tables_are_their_definition_at_every_point(five: int) -> None:
    for point in points(five):
        expected = [corner_weight(point, i) for i in range(1 << len(point))]
        assert eq_table(point) == expected == [eq_index(point, i) for i in range(1 << len(point))]
        assert ext_sum(expected) == ONE
        if len(point) < 2 or point[0][1] == 0:
            assert list(map(tuple, plain.eq_table(point).tolist())) == expected


def test_prefix_sums_are_their_definition_at_every_point(five: int) -> None:
    for point in points(five):
        weights = [corner_weight(point, i) for i in range(1 << len(point))]
        for count in range(len(weights) + 1):
            assert prefix_indicator(count, point) == ext_sum(weights[:count])
            assert prefix_identity(count, point) == ext_sum(w * i for i, w in enumerate(weights[:count]))


def test_sums_over_two_points_are_their_definition(five: int) -> None:
    base = [Ext(a) for a in range(five)]
    pairs = [*product(product(base, repeat=2), repeat=2), *product(product(elements(five)), repeat=2)]
    for x, y in pairs:
        both = [corner_weight(x, i) * corner_weight(y, i) for i in range(1 << len(x))]
        assert eq_at(x, y) == ext_sum(both)
        for count in range(len(both) + 1):
            assert prefix_pair(count, x, y) == ext_sum(both[:count])


@pytest.mark.parametrize("dims", [(3,), (2, 2), (1, 3), (3, 2)])
def test_each_entry_of_a_tensor_weighs_its_corner(five: int, dims: tuple[int, ...]) -> None:
    """Evaluation is linear in the entries, so one entry at a time says all."""
    axis_vars = [(dim - 1).bit_length() for dim in dims]
    base = [Ext(a) for a in range(five)]
    for point in product(base, repeat=sum(axis_vars)):
        for number, index in enumerate(product(*map(range, dims))):
            values = [int(k == number) for k in range(int(np.prod(dims)))]
            cell = 0
            for place, n in zip(index, axis_vars, strict=True):
                cell = cell << n | place
            assert evaluate_tensor(values, dims, point) == corner_weight(point, cell)


# -- univariate --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("degree", range(1, 5))
def test_interpolation_gives_every_monomial_at_every_point(p: int, degree: int) -> None:
    for r in elements(p):
        rest = lagrange_weights(degree, r)
        assert len(rest) == degree
        weights = [1 - ext_sum(rest), *rest]
        for k in range(degree + 1):
            assert ext_sum(w * pow(j, k, p) for j, w in enumerate(weights)) == power(r, k)


def test_polynomials_are_evaluated_at_every_point(p: int) -> None:
    points = np.arange(p, dtype=np.uint64)
    for length, k, part in product(range(1, 8), range(7), range(2)):
        if k >= length:
            continue
        coefficients = np.zeros((length, 2), dtype=np.uint64)
        coefficients[k, part] = 1
        expected = [tuple(pow(x, k, p) if c == part else 0 for c in range(2)) for x in range(p)]
        encoded = encode_ext([Ext(*pair) for pair in coefficients.tolist()])
        assert list(map(tuple, plain.evaluate_many(coefficients, points).tolist())) == expected
        assert Vectors().evaluate_many(encoded, range(p)) == expected


def test_codes_take_every_monomial_to_its_values_on_the_coset(p: int) -> None:
    """The transform is linear, so monomials say all; over F_17 the butterflies are four levels deep."""
    for n in (1, 2, 4, 8, 16):
        if (p - 1) % n:
            continue
        places = coset_points(n, range(n))
        assert len(set(places)) == n
        assert {pow(x, n, p) for x in places} == {pow(7, n, p)}
        assert places == [7 * pow(root_of_unity(n), j, p) % p for j in range(n)]
        for length in range(1, n + 1):
            code = np.zeros((n, length), dtype=np.uint64)
            plain.encode_rows_into(np.eye(length, dtype=np.uint64), code, 0)
            assert code.tolist() == [[pow(x, k, p) for k in range(length)] for x in places]


def test_no_codeword_has_more_zeros_than_its_degree(five: int) -> None:
    rows = np.array(list(product(range(five), repeat=3)), dtype=np.uint64)[1:]
    code = np.zeros((4, len(rows)), dtype=np.uint64)
    plain.encode_rows_into(rows, code, 0)
    zeros = (code == 0).sum(axis=0)
    assert zeros.max() == 2
