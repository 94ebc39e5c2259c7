"""What the benchmarks share: their options, and the way a record ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Group, RenderableType

from zkinfer.bench.against import compare
from zkinfer.bench.plot import Draw, write_plot
from zkinfer.bench.record import Record, read_record, write_record
from zkinfer.bench.tables import changes_table
from zkinfer.cli.run import Run
from zkinfer_verify.errors import UsageError

RunsOption = Annotated[int, typer.Option("--runs", min=1, metavar="N", help="Runs of each measurement.")]
RecordOption = Annotated[
    Path | None, typer.Option("--record", metavar="FILE", help="Write the record, as JSON, to this file.")
]
PlotOption = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the record; needs zkinfer[plot].")
]
AgainstOption = Annotated[
    Path | None,
    typer.Option("--against", metavar="RECORD", help="Compare with this record; exit with 1 on a regression."),
]
REGRESSION = 1  # the exit code; the record is printed all the same


def earlier_record(path: Path | None, benchmark: str, threads: int) -> Record | None:
    """The record to compare with, read before anything is measured.

    Errors: UsageError when it is of another benchmark or number of threads.
    """
    if path is None:
        return None
    record = read_record(path, benchmark)
    if record["threads"] != threads:
        raise UsageError(f"{path}: was measured on {record['threads']} threads; pass --threads {record['threads']}.")
    return record


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
    run: Run,
    record: Record,
    people: RenderableType,
    *,
    record_file: Path | None,
    plot: Path | None,
    draw: Draw,
    earlier: Record | None,
) -> None:
    """Write and print a record, compared with an earlier one where there is one."""
    changes = [] if earlier is None else compare(earlier, record)
    if changes:
        compared = [{**asdict(change), "regression": change.regression} for change in changes]
        record, people = {**record, "changes": compared}, Group(people, "", changes_table(changes))
    if record_file is not None:
        write_record(record_file, record)
    if plot is not None:
        write_plot(plot, draw, record)
    run.result(record, people)
    if any(change.regression for change in changes):
        raise typer.Exit(REGRESSION)
