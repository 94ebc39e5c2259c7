"""The Reed-Solomon code: a row of coefficients, evaluated on the coset 7 * <omega_n>."""

from zkinfer_verify.field.prime import GENERATOR, P, root_of_unity


def coset_point(length: int, position: int) -> int:
    """Return the evaluation point of a codeword's position: 7 * omega_n^position, n = length a power of two."""
    return GENERATOR * pow(root_of_unity(length), position, P) % P
