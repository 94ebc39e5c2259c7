"""From an exception to an exit code and one sentence."""

from __future__ import annotations

from enum import IntEnum

from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.explain import printable


class ExitCode(IntEnum):
    """What a command's exit code says."""

    DONE = 0  # done, or accepted
    REJECTED = 1  # the proof is rejected
    USAGE = 2  # usage or bad input; also when interrupted, out of memory or disk
    BUG = 3  # ours


def exit_code(error: BaseException) -> ExitCode:
    """The exit code of a command that ended with `error`."""
    match error:
        case ProofError():
            return ExitCode.REJECTED
        case UsageError() | OSError() | MemoryError() | KeyboardInterrupt():
            return ExitCode.USAGE
    return ExitCode.BUG


def sentence(error: BaseException) -> str:
    """What happened and what to do, in one sentence without a line break."""
    match error:
        case ProofError():
            text = f"The proof is rejected: {error}"
        case UsageError():
            text = str(error)
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            text = f"{place}the system refused ({error.strerror or error}); check the path, permissions and free space."
        case MemoryError():
            text = "Not enough memory; close other programs or use a smaller network."
        case KeyboardInterrupt():
            text = "Interrupted; nothing was written."
        case _:
            text = f"A bug in zkinfer: {type(error).__name__}: {error}; please report it with the output of -v."
    # Names from a hostile file must not reach a terminal's controls.
    return printable(" ".join(text.split()).rstrip(".") + ".")
