"""Work in a forked copy of this process: what it changes is gone with it, and what loops or eats memory is ended."""

import json
import os
import resource
import signal
from collections.abc import Callable
from typing import Any, NoReturn

MEMORY = 4 << 30


def in_fork(work: Callable[[], Any], seconds: float) -> Any:
    """Return what `work` returns, as JSON allows it; None when it took more than `seconds`, or died."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        _child(work, seconds, write_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else None


def _child(work: Callable[[], Any], seconds: float, write_end: int) -> NoReturn:
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        answer = json.dumps(work()).encode()
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)
