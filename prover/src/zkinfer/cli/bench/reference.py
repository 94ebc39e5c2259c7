"""zkinfer bench reference: the reference network, or another of the list, measured whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from zkinfer.bench.networks import NETWORKS
from zkinfer.bench.onnx_inference import INSTALL, has_onnxruntime
from zkinfer.bench.plot import draw_network, require_plot
from zkinfer.bench.record import new_record
from zkinfer.bench.reference import measure_network
from zkinfer.bench.tables import network_table
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


@command
def reference(
    run: Run,
    network: Annotated[
        str, typer.Option("--network", metavar="NAME", help=f"Which network: {', '.join(NETWORKS)}.")
    ] = "reference",
    runs: RunsOption = 7,
    record_file: RecordOption = None,
    against: AgainstOption = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Work in this folder and leave the files there.")
    ] = None,
    plot: PlotOption = None,
) -> None:
    """Measure a network whole: inference, files, setup, prove by step, verify; seconds, memory, bytes, ratios."""
    require_plot(plot)
    benchmark, threads, load = f"network {network}", threads_of(run), os.getloadavg()[0]
    earlier = earlier_record(against, benchmark, threads)
    if not has_onnxruntime():
        run.note(f"onnxruntime is missing, its inference is left out; {INSTALL}")
    with work_folder(keep) as folder:
        measured = measure_network(folder, network, runs, threads, steps(run))
    record = new_record(benchmark, runs, threads, {"load_before": load, **measured})
    finish(run, record, network_table(record), record_file=record_file, plot=plot, draw=draw_network, earlier=earlier)
