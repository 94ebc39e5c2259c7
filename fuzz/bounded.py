"""Prepare a hostile statement in a process of its own, under a limit of memory.

    python -m fuzz.bounded FILE MEGABYTES

Prints a JSON object: the refusal or nothing, seconds of processor time, megabytes at the peak.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.statement import Statement


@dataclass(frozen=True)
class Cost:
    """What preparing a statement took. refusal: the reason, or nothing; megabytes: the whole process at its peak."""

    refusal: str
    seconds: float
    megabytes: int


def prepare_bounded(path: Path, megabytes: int, seconds: int) -> Cost:
    """Prepare a statement file in a child process that cannot take more.

    Errors: subprocess.SubprocessError when it takes more, or ends in anything but UsageError.
    """
    command = [sys.executable, "-m", "fuzz.bounded", str(path), str(megabytes)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=seconds, text=True)
    return Cost(**json.loads(done.stdout))


def main() -> None:
    """Run in the child."""
    path, megabytes = Path(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    data = path.read_bytes()
    start, refusal = time.process_time(), ""
    try:
        prepare(Statement.from_bytes(data), allow_toy=True)
    except UsageError as error:
        refusal = str(error)
    seconds = time.process_time() - start
    # Of kilobytes on Linux, of bytes on macOS.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    print(json.dumps({"refusal": refusal[:200], "seconds": round(seconds, 3), "megabytes": peak}))


if __name__ == "__main__":
    main()
