"""Standard output for results, standard error for everything else; decoration only on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PIPE_WIDTH = 120


def write_json(record: Mapping[str, object]) -> None:
    """Write one JSON object as one line to standard output."""
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def write_result(renderable: RenderableType) -> None:
    """Write text or a table to standard output, plain and at a fixed width if that is not a terminal."""
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, soft_wrap=True, highlight=False, markup=False)
    # Captured first: rich would end the process with its own exit code if the reader of a pipe goes away.
    with console.capture() as capture:
        console.print(renderable)
    sys.stdout.write("\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n")
    sys.stdout.flush()


def write_log(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextmanager
def progress_bar(description: str, total: int | None, *, visible: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error while the block runs, if that is a terminal; the value advances it.

    Without a total it only shows that work goes on.
    """
    if not (visible and sys.stderr.isatty()):
        yield lambda amount: None
        return
    columns = [SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()]
    if total is not None:
        columns[2:2] = [BarColumn(), MofNCompleteColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda amount: progress.advance(task, amount)


def silence_stdout() -> None:
    """Send what is left for standard output nowhere, so that Python's last flush does not fail after a broken pipe."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  a device, not a path of the user's
        try:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        except (OSError, ValueError):  # standard output is not a file, as in tests
            return
