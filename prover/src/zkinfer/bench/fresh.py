"""Fresh processes: what one run leaves behind, in memory and caches of the program, no other run finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from zkinfer_verify.errors import InternalError, UsageError

P = ParamSpec("P")
T = TypeVar("T")
# The command as it ships, of this environment; -P: what lies in the folder is not imported.
PROGRAM = (sys.executable, "-P", "-c", "from zkinfer.cli.main import main; main()")


def run_command(folder: Path, threads: int, *arguments: object) -> dict[str, Any]:
    """Run a zkinfer command in a folder, in a process of its own; returns what it prints with --json.

    "process_seconds" is added: from the process's start to its end, as who types the command waits.
    Errors: the command's own, UsageError or InternalError.
    """
    command = [*PROGRAM, *map(str, arguments), "--threads", str(threads), "--json", "--quiet"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    try:
        record = dict(json.loads(done.stdout))
    except ValueError:
        raise InternalError(f"zkinfer {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}") from None
    if "error" in record:
        kind = UsageError if record["error"]["kind"] == "usage" else InternalError
        raise kind(f"zkinfer {arguments[0]}: {record['error']['message']}")
    return {**record, "process_seconds": seconds}


def in_fresh_process(threads: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a module's function in a process of its own, which ends with it; returns its result, raises its error."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_limit, initargs=(threads,)) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _limit(threads: int) -> None:
    # The Rust kernels' threads start when first used, and that is after this.
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    threadpool_limits(threads)
