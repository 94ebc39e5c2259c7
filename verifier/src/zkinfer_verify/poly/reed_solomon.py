"""The Reed-Solomon code: a row of coefficients, evaluated on the coset 7 * <omega_n>."""

from collections.abc import Sequence
from itertools import accumulate, repeat

from zkinfer_verify.field.prime import GENERATOR, P, root_of_unity


def coset_points(length: int, positions: Sequence[int]) -> list[int]:
    """Return the evaluation points of a codeword's positions: 7 * omega_n^position, n = length a power of two."""
    # A position is count * i + j: two short tables of powers, instead of a power for each.
    root, count = root_of_unity(length), 1 << length.bit_length() // 2
    high, low = _geometric(GENERATOR, pow(root, count, P), length // count), _geometric(1, root, count)
    return [high[position // count] * low[position % count] % P for position in positions]


def _geometric(first: int, ratio: int, count: int) -> list[int]:
    return list(accumulate(repeat(ratio, count - 1), lambda power, by: power * by % P, initial=first))
