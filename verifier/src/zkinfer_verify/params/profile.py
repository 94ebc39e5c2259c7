"""Named parameter sets. There are no other knobs: all numbers follow from the profile and the statement."""

from dataclasses import dataclass

from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Profile:
    """A parameter set.

    log_inv_rate: the code of W and A has n = K * 2^log_inv_rate positions; pad_row_vars, pad_log_inv_rate: the same
    for Q; row_vars: the allowed log2 K; soundness_bits: the sum of all error terms is under 2^-soundness_bits;
    fixed_queries: the number of opened positions where it is not computed (toy).
    """

    name: str
    log_inv_rate: int
    row_vars: tuple[int, ...]
    pad_row_vars: int
    pad_log_inv_rate: int
    soundness_bits: int
    fixed_queries: int | None


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("standard", 2, tuple(range(10, 17)), 9, 4, 100, None),
        Profile("small", 3, tuple(range(10, 17)), 9, 4, 100, None),
        Profile("toy", 2, (4,), 6, 3, 0, 4),
    )
}
"""`standard` and `small` are real. `toy` proves nothing: it serves bit flips and attacks."""


def profile_named(name: str, *, allow_toy: bool = False) -> Profile:
    """Look a profile up.

    Errors: UsageError for an unknown name, and for `toy` unless the caller allows it by name.
    """
    if name not in PROFILES:
        raise UsageError(f"profile {name!r} is unknown; choose standard or small")
    if name == "toy" and not allow_toy:
        raise UsageError("profile 'toy' has no soundness and serves tests only; choose standard or small")
    return PROFILES[name]
