"""How long a proof will be: exact from the statement, but for its Merkle siblings, whose number positions decide."""

from math import exp, lgamma

from zkinfer_verify.check.run import Prepared
from zkinfer_verify.hashing.digest import DIGEST_BYTES


def expected_proof_bytes(prepared: Prepared, context: int = 0) -> int:
    """Return the expected size of a statement's proofs, to the byte in all but the multiproofs of three trees."""
    sizes, parameters = prepared.sizes, prepared.schedule.parameters
    queries = parameters.num_queries
    # W and A are opened at the same positions.
    siblings = 2 * expected_siblings(parameters.code_length, queries)
    siblings += expected_siblings(parameters.pad_code_length, queries)
    return sizes.fixed_bytes + context + round(DIGEST_BYTES * siblings)


def expected_siblings(length: int, queries: int) -> float:
    """Return the expected number of siblings in a multiproof of distinct random positions in a tree of `length` leaves.

    A pair of nodes asks for one when one of the two has a position below it and the other has none: over all pairs,
    2 (Pr[no position below the one] - Pr[none below the two]).
    """
    total, below = 0.0, 1
    while below < length:
        pairs = length // (2 * below)
        total += 2 * pairs * (_all_miss(below, length, queries) - _all_miss(2 * below, length, queries))
        below *= 2
    return total


def _all_miss(below: int, length: int, queries: int) -> float:
    """Return C(length - below, queries) / C(length, queries)."""
    if length - below < queries:
        return 0.0
    logs = lgamma(length - below + 1) - lgamma(length - below - queries + 1) + lgamma(length - queries + 1)
    return exp(logs - lgamma(length + 1))
