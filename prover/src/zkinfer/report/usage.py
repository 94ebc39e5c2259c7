"""What this process has used so far."""

import resource
import sys


def peak_memory_bytes() -> int:
    """Return the peak of resident memory, pages of mapped files included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
