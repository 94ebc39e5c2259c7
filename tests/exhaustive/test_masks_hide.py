"""Does the verifier's view depend on the data? Ranks at toy size, over a field of 7681 elements.

view = R randomness + D data. It hides the data exactly if the columns that D adds to those of R add no rank; what they
add is the number of linear functionals of the data that leak.
"""

import random
from collections.abc import Sequence

import pytest

from tests.exhaustive.small_field import at, coset, mul, rank

P = 7681
ROWS, K = 3, 8
POINTS = coset(32, 17, P)

Matrix = list[list[int]]


def monomial(degree: int) -> list[int]:
    """X^degree."""
    return [0] * degree + [1]


def padded(poly: Sequence[int], length: int) -> list[int]:
    """The coefficients of a polynomial, filled up with zeros."""
    return [*poly, *[0] * (length - len(poly))]


def leaked(randomness: Matrix, data: Matrix) -> int:
    """How many functionals of the data the view shows."""
    return rank(randomness + data, P) - rank(randomness, P)


def opening_leaks(b: int, t: int) -> int:
    """The opening: t columns of the rows and of the mask N, and y = N + theta sum a_i f_i."""
    draw = random.Random(f"opening {b} {t}")
    opened, theta_a = draw.sample(POINTS, t), [draw.randrange(1, P) for _ in range(ROWS)]

    def view(row: int | None, poly: list[int]) -> list[int]:
        columns = [at(poly, x, P) if row == i else 0 for i in (*range(ROWS), None) for x in opened]
        scale = 1 if row is None else theta_a[row]
        return columns + padded([scale * c % P for c in poly], K + b)

    data = [view(i, monomial(j)) for i in range(ROWS) for j in range(K)]
    noise = [view(i, monomial(K + j)) for i in range(ROWS) for j in range(b)]
    noise += [view(None, monomial(j)) for j in range(K + b)]
    return leaked(noise, data)


def pad_oracle_leaks(masks: Sequence[int], degree: int, b: int, t: int) -> int:
    """Q: t columns of all rows and masks, the proximity vector, the linear vector; coefficient K - 1 of that is public.

    masks: the shifts of the linear test's masks, each of `degree` coefficients but that which falls on X^(K-1).
    """
    draw = random.Random(f"pads {masks} {b} {t}")
    opened = draw.sample(POINTS, t)
    weights = [[draw.randrange(P) for _ in range(K)] for _ in range(ROWS)]
    mixes = [draw.randrange(1, P) for _ in range(ROWS + len(masks))] + [1]
    last = ROWS + len(masks)  # the proximity mask

    def view(row: int, poly: list[int], linear: list[int]) -> list[int]:
        columns = [at(poly, x, P) if row == i else 0 for i in range(last + 1) for x in opened]
        return columns + padded([mixes[row] * c % P for c in poly], K + b) + padded(linear, 2 * (K + b) + 2)

    def row_view(i: int, j: int) -> list[int]:
        return view(i, monomial(j), mul(weights[i], monomial(j), P))

    noise = [row_view(i, K + j) for i in range(ROWS) for j in range(b)]
    noise += [view(last, monomial(j), [0]) for j in range(K + b)]
    for k, shift in enumerate(masks):
        noise += [view(ROWS + k, monomial(j), monomial(j + shift)) for j in range(degree) if j + shift != K - 1]
    public = (last + 1) * t + (K + b) + K - 1
    return leaked(noise, _keeping(public, [row_view(i, j) for i in range(ROWS) for j in range(K)]))


def _keeping(place: int, directions: Matrix) -> Matrix:
    """Directions of the data that leave one entry of the view, the public sum, as it is."""
    first = next(direction for direction in directions if direction[place])
    scale = pow(first[place], -1, P)
    others = [direction for direction in directions if direction is not first]
    return [[(x - d[place] * scale * y) % P for x, y in zip(d, first, strict=True)] for d in others]


@pytest.mark.parametrize(("b", "t"), [(3, 3), (4, 3), (4, 4)])
def test_the_opening_shows_nothing_of_the_data(b: int, t: int) -> None:
    assert opening_leaks(b, t) == 0


def test_the_opening_leaks_when_more_columns_are_open_than_a_row_has_noise() -> None:
    assert opening_leaks(3, 4) > 0


@pytest.mark.parametrize(("b", "t"), [(3, 3), (4, 3), (4, 4)])
def test_the_pad_oracle_shows_nothing_but_the_public_sum(b: int, t: int) -> None:
    assert pad_oracle_leaks((0, K), K + b, b, t) == 0


def test_the_pad_oracle_leaks_when_more_columns_are_open_than_a_row_has_noise() -> None:
    assert pad_oracle_leaks((0, K), K + 3, 3, 4) > 0


@pytest.mark.parametrize("t", [3, 4])
def test_mask_halves_that_do_not_overlap_leak_a_functional_for_each_open_column(t: int) -> None:
    assert pad_oracle_leaks((0, K + t), K + t, t, t) == t


@pytest.mark.parametrize("t", [3, 4])
def test_a_mask_of_the_length_of_a_row_leaks_almost_every_coefficient(t: int) -> None:
    assert pad_oracle_leaks((0,), K + t, t, t) == K - 1
