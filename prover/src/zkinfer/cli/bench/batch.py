"""zkinfer bench batch: several inputs in one proof, beside one."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from zkinfer.bench.batch import measure_batch
from zkinfer.bench.networks import NETWORKS, network_named
from zkinfer.bench.plot import draw_batch, require_plot
from zkinfer.bench.record import new_record
from zkinfer.bench.tables import batch_table
from zkinfer.cli.bench.options import (
    AgainstOption,
    PlotOption,
    RecordOption,
    RunsOption,
    earlier_record,
    finish,
    threads_of,
    work_folder,
)
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps
from zkinfer.program.lower import MAX_IMAGES


@command
def batch(
    run: Run,
    inputs: Annotated[
        int, typer.Option("--inputs", min=2, max=MAX_IMAGES, metavar="N", help="Inputs of a proof.")
    ] = 16,
    network: Annotated[
        str, typer.Option("--network", metavar="NAME", help=f"Which network: {', '.join(NETWORKS)}.")
    ] = "reference",
    runs: RunsOption = 3,
    record_file: RecordOption = None,
    against: AgainstOption = None,
    plot: PlotOption = None,
) -> None:
    """Measure a proof of several inputs beside a proof of one: seconds, memory and bytes an input."""
    require_plot(plot)
    network_named(network)  # refused before anything is measured
    benchmark, threads, load = f"batch of {inputs}, {network}", threads_of(run), os.getloadavg()[0]
    earlier = earlier_record(against, benchmark, threads)
    with work_folder() as folder:
        measured = measure_batch(folder, network, inputs, runs, threads, steps(run))
    record = new_record(benchmark, runs, threads, {"load_before": load, **measured})
    finish(run, record, batch_table(record), record_file=record_file, plot=plot, draw=draw_batch, earlier=earlier)
