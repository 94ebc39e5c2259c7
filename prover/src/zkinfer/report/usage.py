"""What this process has used so far."""

import resource
import sys
from pathlib import Path


def peak_memory_bytes() -> int:
    """Return the peak of resident memory, pages of mapped files included.

    Where Linux tells it, of this program alone: getrusage's figure is at least that of the process that started it.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
