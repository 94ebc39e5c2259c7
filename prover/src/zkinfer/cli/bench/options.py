"""What the benchmarks share: their options, and the way a record ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import RenderableType

from zkinfer.bench.plot import Draw, write_plot
from zkinfer.bench.record import Record, write_record
from zkinfer.cli.run import Run

RunsOption = Annotated[int, typer.Option("--runs", min=1, metavar="N", help="Runs of each measurement.")]
RecordOption = Annotated[
    Path | None, typer.Option("--record", metavar="FILE", help="Write the record, as JSON, to this file.")
]
PlotOption = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the record; needs zkinfer[plot].")
]


def threads_of(run: Run) -> int:
    """How many threads are measured: --threads, or every core that this process may use."""
    if run.threads is not None:
        return run.threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def work_folder(keep: Path | None = None) -> Iterator[Path]:
    """A folder for the files of a benchmark, gone afterwards unless it is named."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with TemporaryDirectory(prefix="zkinfer-bench-") as folder:
        yield Path(folder)


def finish(
    run: Run, record: Record, people: RenderableType, *, record_file: Path | None, plot: Path | None, draw: Draw
) -> None:
    """Write and print a record."""
    if record_file is not None:
        write_record(record_file, record)
    if plot is not None:
        write_plot(plot, draw, record)
    run.result(record, people)
