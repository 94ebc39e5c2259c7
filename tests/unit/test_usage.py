"""Peak memory is this program's, not that of whoever started it."""

import subprocess
import sys

from zkinfer.report.usage import peak_memory_bytes

LARGE = 300 << 20
SCRIPT = "from zkinfer.report.usage import peak_memory_bytes; print(peak_memory_bytes())"


def test_a_small_program_started_by_a_large_one_counts_as_small():
    held = bytearray(LARGE)
    held[::4096] = b"1" * len(held[::4096])  # resident, and not only asked for
    child = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert peak_memory_bytes() >= LARGE
    assert 0 < int(child.stdout) < LARGE
