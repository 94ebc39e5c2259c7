"""The Reed-Solomon code: a row of coefficients, evaluated on the coset 7 * <omega_n>."""

from collections.abc import Sequence

from zkinfer_verify.field.prime import GENERATOR, P, root_of_unity


def coset_points(length: int, positions: Sequence[int]) -> list[int]:
    """Return the evaluation points of a codeword's positions: 7 * omega_n^position, n = length a power of two."""
    root = root_of_unity(length)
    return [GENERATOR * pow(root, position, P) % P for position in positions]
