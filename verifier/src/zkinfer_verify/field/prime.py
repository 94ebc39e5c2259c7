"""The base field F: integers modulo the Goldilocks prime p = 2^64 - 2^32 + 1."""

P = 2**64 - 2**32 + 1
GENERATOR = 7
TWO_ADICITY = 32


def inverse(a: int) -> int:
    """Return a^-1 mod p.

    Errors: ValueError when a is zero mod p.
    """
    return pow(a, -1, P)


def signed(a: int) -> int:
    """Read a canonical element as the integer of least magnitude: in (-p/2, p/2)."""
    return a if a <= P // 2 else a - P


def root_of_unity(order: int) -> int:
    """Return omega_N = 7^((p-1)/N), a primitive N-th root of unity; N a power of two up to 2^32."""
    return pow(GENERATOR, (P - 1) // order, P)
