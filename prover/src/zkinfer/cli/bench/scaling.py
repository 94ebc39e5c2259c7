"""zkinfer bench scaling: multiply-adds, activations and weights, each swept over three decades."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from zkinfer.bench.calibration import calibrate
from zkinfer.bench.plot import draw_scaling, require_plot
from zkinfer.bench.record import Record, new_record
from zkinfer.bench.scaling import DECADES, SWEEPS, growth, measure_point, sweep_named
from zkinfer.bench.tables import scaling_table
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
def scaling(
    run: Run,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="COUNT", help=f"One of {', '.join(SWEEPS)}; may be repeated.")
    ] = None,
    decades: Annotated[
        int, typer.Option("--decades", min=1, max=DECADES, help="How far each count is swept.")
    ] = DECADES,
    runs: RunsOption = 3,
    record_file: RecordOption = None,
    against: AgainstOption = None,
    plot: PlotOption = None,
) -> None:
    """Measure how time, memory, proof and verification grow, beside the model of the cost."""
    require_plot(plot)
    load, threads = os.getloadavg()[0], threads_of(run)
    earlier = earlier_record(against, "scaling", threads)
    sweeps: dict[str, Record] = {}
    for name in only or SWEEPS:
        sweep_named(name)  # refused before anything is measured
        sweeps[name] = {}
    for name in sweeps:
        points = []
        for decade in range(decades + 1):
            with work_folder() as folder:
                points.append(measure_point(folder, name, decade, runs, threads, steps(run)))
        sweeps[name] = {"points": points, "growth": growth(points, name)}
    measured = {"load_before": load, "calibration_seconds": calibrate(threads), "sweeps": sweeps}
    record = new_record("scaling", runs, threads, measured)
    finish(run, record, scaling_table(record), record_file=record_file, plot=plot, draw=draw_scaling, earlier=earlier)
