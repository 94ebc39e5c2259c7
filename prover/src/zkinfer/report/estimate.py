"""What setup, a proof and its verification will take, before they start: counts of the statement times constants.

Bytes that are written are exact, or expected where random positions decide. The constants are fitted to records of
benchmarks (`python -m benches.fit`); seconds scale with a calibration of the machine.
"""

from dataclasses import dataclass

from zkinfer.artifacts.code_file import file_size
from zkinfer.program import cost_constants as constants
from zkinfer.report.counts import Counts, memory_counts, prove_counts, setup_counts, verify_counts
from zkinfer.report.proof_size import expected_proof_bytes
from zkinfer_verify.check.run import Prepared
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Estimate:
    """Expected seconds, peak memory, and bytes written."""

    seconds: float
    memory_bytes: int
    disk_bytes: int

    def words(self) -> str:
        """The estimate for people."""
        return (
            f"about {self.seconds:.2g} s, {show_bytes(self.memory_bytes)} of memory, "
            f"{show_bytes(self.disk_bytes)} on disk"
        )


def estimate_setup(prepared: Prepared, calibration: float | None = None) -> Estimate:
    """Expect what setup takes, on this machine if its calibration is told; on disk: the code, without the model."""
    statement, length = prepared.statement, prepared.schedule.parameters.code_length
    return Estimate(
        _seconds(setup_counts(prepared), constants.SETUP, calibration),
        _bytes(prepared, "setup"),
        file_size(length, statement.weight_rows),
    )


def estimate_prove(prepared: Prepared, calibration: float | None = None) -> Estimate:
    """Expect what one proof takes, from the input in memory to its bytes."""
    seconds = _seconds(prove_counts(prepared), constants.PROVE, calibration)
    return Estimate(seconds, _bytes(prepared, "prove"), expected_proof_bytes(prepared))


def estimate_verify(prepared: Prepared, calibration: float | None = None) -> float:
    """Expect the seconds of verifying a proof with native kernels, in a process that has verified before."""
    return _seconds(verify_counts(prepared), constants.VERIFY, calibration)


def _seconds(counts: Counts, nanoseconds: Counts, calibration: float | None) -> float:
    slower = 1.0 if calibration is None else calibration * 1e9 / constants.CALIBRATION_NS
    return weigh(counts, nanoseconds) * 1e-9 * slower


def _bytes(prepared: Prepared, command: str) -> int:
    return round(weigh({command: memory_counts(prepared)[command]}, constants.MEMORY))


def weigh(counts: Counts, constants_of: Counts) -> float:
    """Return the sum of all counts, each times its step's constant."""
    return sum(constants_of[step][name] * count for step, group in counts.items() for name, count in group.items())


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
