"""What setup and proving will take, before they start: counts from the statement, times constants of one machine.

The constants are nanoseconds of one AVX2 core, fitted to the reference network and rounded up; docs/performance.md has
the measurements. Memory is counted, not fitted: arrays that live at the same time, and a base for the interpreter.
"""

from dataclasses import dataclass

from zkinfer_verify.check.run import Prepared
from zkinfer_verify.errors import UsageError

BASE_SECONDS = 0.2
BASE_BYTES = 200 << 20
ENCODE_NS = 25.0  # a cell of W's code: transform and write
HASH_NS = 5.0  # a cell of a code: its share of a leaf
WITNESS_NS = 250.0  # a cell of A's rows: integers, commitment, openings
LEAF_NS = 250.0  # a leaf of the lookup tree
PRODUCT_NS = 4.0  # a product of a contraction
LEAF_BYTES = 96  # a leaf as two elements of E, its tree above, and a round's tables
CODE_BYTES = 8


@dataclass(frozen=True)
class Estimate:
    """Expected seconds, peak memory, and bytes written."""

    seconds: float
    memory_bytes: int
    disk_bytes: int

    def words(self) -> str:
        """The estimate for people."""
        return (
            f"about {self.seconds:.1f} s, {show_bytes(self.memory_bytes)} of memory, "
            f"{show_bytes(self.disk_bytes)} on disk"
        )


def estimate_setup(prepared: Prepared) -> Estimate:
    """Expect what encoding and committing the weights takes."""
    statement, length = prepared.statement, prepared.schedule.parameters.code_length
    cells = length * statement.weight_rows
    code = CODE_BYTES * cells + 64 * length
    rows = statement.weight_rows << statement.row_vars
    return Estimate(BASE_SECONDS + cells * (ENCODE_NS + HASH_NS) * 1e-9, BASE_BYTES + code + 4 * rows, code + rows)


def estimate_prove(prepared: Prepared) -> Estimate:
    """Expect what one proof takes."""
    statement, layout, length = prepared.statement, prepared.layout, prepared.schedule.parameters.code_length
    width = prepared.sizes.witness_width
    cells, leaves = width << statement.row_vars, 1 << layout.leaf_vars
    weights = statement.weight_rows << statement.row_vars
    memory = BASE_BYTES + CODE_BYTES * (length * width + 4 * cells) + LEAF_BYTES * leaves + 2 * weights
    nanoseconds = (
        length * width * (ENCODE_NS + HASH_NS)
        + cells * WITNESS_NS
        + leaves * LEAF_NS
        + layout.num_products * PRODUCT_NS
    )
    return Estimate(BASE_SECONDS + nanoseconds * 1e-9, memory, prepared.sizes.upper_bound(0))


def require_memory(estimate: Estimate, limit: int | None, what: str) -> None:
    """Stop before memory is taken that a limit does not allow.

    Errors: UsageError naming both.
    """
    if limit is not None and estimate.memory_bytes > limit:
        raise UsageError(
            f"{what} needs about {show_bytes(estimate.memory_bytes)} of memory, more than the limit of "
            f"{show_bytes(limit)}; raise the limit (--memory), or use a smaller network or a narrower input range."
        )


def show_bytes(count: int) -> str:
    """A size as people write it: 527 MB, 1.86 GB; decimal units."""
    for unit, power in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= power:
            return f"{count / power:.3g} {unit}"
    return f"{count} bytes"
