"""zkinfer bench matvec: the original's benchmark, for us and for its circuit on plonky2."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from zkinfer.artifacts.staging import write_file
from zkinfer.bench.calibration import calibrate
from zkinfer.bench.matvec import (
    BASELINE,
    OURS,
    SWEEP,
    Size,
    csv_text,
    measure_baseline,
    measure_ours,
    ratios,
    require_same_outputs,
    sweep,
)
from zkinfer.bench.plot import draw_matvec, require_plot
from zkinfer.bench.record import Record, new_record
from zkinfer.bench.tables import matvec_table
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
def matvec(
    run: Run,
    input_size: Annotated[int, typer.Option("--input-size", min=1, metavar="N", help="Inputs of the layer.")] = 1000,
    output_size: Annotated[int, typer.Option("--output-size", min=1, metavar="M", help="Outputs of the layer.")] = 1000,
    coefficient_bits: Annotated[
        int, typer.Option("--coefficient-bits", metavar="B", help="Bits of a weight, without its sign.")
    ] = 16,
    input_bits: Annotated[int, typer.Option("--input-bits", metavar="B", help="Bits of an input.")] = 8,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**64 - 1, help="What weights and inputs come from.")] = 0,
    sweeping: Annotated[
        bool, typer.Option("--sweep", help=f"M, 2 M, .. {SWEEP} M outputs, on 1, 2, 4, .. threads.")
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="PROGRAM", help="Measure this too: the original's circuit; `make peers`."),
    ] = None,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the original's columns; the baseline's to FILE-plonky2."),
    ] = None,
    baseline_runs: Annotated[
        int | None,
        typer.Option("--baseline-runs", min=1, metavar="N", help="Its runs, if other than --runs."),
    ] = None,
    runs: RunsOption = 3,
    record_file: RecordOption = None,
    against: AgainstOption = None,
    plot: PlotOption = None,
) -> None:
    """Measure a matrix times a hidden vector, as the original measured it with a public one."""
    require_plot(plot)
    load, threads = os.getloadavg()[0], threads_of(run)
    earlier = earlier_record(against, "matvec", threads)
    size = Size(input_size, output_size, coefficient_bits, input_bits, seed)
    rows: list[Record] = []
    for count in powers_up_to(threads) if sweeping else [threads]:
        for one in sweep(size, SWEEP if sweeping else 1):
            with work_folder() as folder:
                rows.append(measure_ours(folder, one, runs, count, steps(run)))
            if baseline is not None:
                theirs = measure_baseline(baseline.resolve(), one, baseline_runs or runs, count, steps(run))
                require_same_outputs(rows[-1], theirs)
                rows.append(theirs)
    parameters = {"coefficient_bits": coefficient_bits, "input_bits": input_bits, "seed": seed, "load_before": load}
    measured = {"calibration_seconds": calibrate(threads), "rows": rows, "ratios": ratios(rows)}
    record = new_record("matvec", runs, threads, {**parameters, **measured})
    if csv_file is not None:
        write_file(csv_file, csv_text(rows, OURS).encode())
        if baseline is not None:
            beside = csv_file.with_stem(f"{csv_file.stem}-{BASELINE}")
            write_file(beside, csv_text(rows, BASELINE).encode())
    finish(run, record, matvec_table(record), record_file=record_file, plot=plot, draw=draw_matvec, earlier=earlier)


def powers_up_to(threads: int) -> list[int]:
    """1, 2, 4, .. and the number itself."""
    return sorted({*(1 << k for k in range(threads.bit_length())), threads})
