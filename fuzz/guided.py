"""One target guided by the edges that inputs reach: python -m fuzz.guided TARGET [libFuzzer's options].

Needs atheris (fuzz/requirements.txt). Findings stop it, and are written as libFuzzer does: crash-*, timeout-*, oom-*.
"""

import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

LIMITS = ("-timeout=10", "-rss_limit_mb=1024")


def main() -> int:
    """Run the command; return its exit code."""
    try:
        import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        print("fuzz.guided needs atheris: pip install -r fuzz/requirements.txt, or run python -m fuzz", file=sys.stderr)
        return 2
    # Only what is imported here is instrumented.
    with atheris.instrument_imports(include=["zkinfer_verify", "zkinfer"]):
        from fuzz.catalogue import TARGETS
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        print(f"usage: python -m fuzz.guided {{{','.join(TARGETS)}}} [options of libFuzzer]", file=sys.stderr)
        return 2
    target = TARGETS[sys.argv[1]]
    seeds = list(target.seeds())

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        return target.mutate(Random(seed), data, seeds)[:max_size]

    def run(data: bytes) -> Any:
        target.run(data)

    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(seeds):
            (Path(folder) / str(number)).write_bytes(data)
        options = [sys.argv[0], *LIMITS, *sys.argv[2:], folder]
        atheris.Setup(options, run, custom_mutator=mutator)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
