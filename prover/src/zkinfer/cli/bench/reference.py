"""zkinfer bench reference: the reference network, or another of the list, measured whole."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType

from zkinfer.bench.against import compare
from zkinfer.bench.networks import NETWORKS
from zkinfer.bench.plot import draw_network, require_plot
from zkinfer.bench.record import new_record, read_record
from zkinfer.bench.reference import measure_network
from zkinfer.bench.tables import changes_table, network_table
from zkinfer.cli.bench.options import PlotOption, RecordOption, RunsOption, finish, threads_of, work_folder
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps

REGRESSION = 1  # the exit code; the record is printed all the same


@command
def reference(
    run: Run,
    network: Annotated[
        str, typer.Option("--network", metavar="NAME", help=f"Which network: {', '.join(NETWORKS)}.")
    ] = "reference",
    runs: RunsOption = 7,
    record_file: RecordOption = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="RECORD", help="Compare with this record; exit with 1 on a regression."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Work in this folder and leave the files there.")
    ] = None,
    plot: PlotOption = None,
) -> None:
    """Measure a network whole: inference, files, setup, prove by step, verify; seconds, memory, bytes, ratios."""
    require_plot(plot)
    benchmark, threads, load = f"network {network}", threads_of(run), os.getloadavg()[0]
    earlier = None if against is None else read_record(against, benchmark)
    with work_folder(keep) as folder:
        measured = measure_network(folder, network, runs, threads, steps(run))
    record = new_record(benchmark, runs, threads, {"load_before": load, **measured})
    people: RenderableType = network_table(record)
    changes = [] if earlier is None else compare(earlier, record)
    if changes:
        compared = [{**asdict(change), "regression": change.regression} for change in changes]
        record, people = {**record, "changes": compared}, Group(people, "", changes_table(changes))
    finish(run, record, people, record_file=record_file, plot=plot, draw=draw_network)
    if any(change.regression for change in changes):
        raise typer.Exit(REGRESSION)
