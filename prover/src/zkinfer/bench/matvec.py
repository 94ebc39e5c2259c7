"""The original's benchmark, a matrix times a vector: its columns, for us and for its circuit on plonky2."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from zkinfer.bench.draw import input_range
from zkinfer.bench.networks import layer
from zkinfer.bench.record import Record
from zkinfer.bench.steps import Step, measure_prove, measure_setup, measure_verify, write_network
from zkinfer_verify.errors import InternalError, UsageError

COLUMNS = (
    "input_size",
    "output_size",
    "build_time_s",
    "proof_time_s",
    "proof_mem_b",
    "proof_size_b",
    "verify_time_s",
)
SWEEP = 10  # the original's published sweep: output sizes M, 2 M, .., 10 M
BASELINE_SECONDS = 3600
OURS, BASELINE = "zkinfer", "plonky2"


@dataclass(frozen=True)
class Size:
    """One layer: how large, of how large numbers, from which seed."""

    input_size: int
    output_size: int
    coefficient_bits: int
    input_bits: int
    seed: int

    @property
    def multiply_adds(self) -> int:
        """One a weight."""
        return self.input_size * self.output_size


def sweep(size: Size, steps: int) -> Iterator[Size]:
    """The layer with 1, 2, .., `steps` times the outputs."""
    for factor in range(1, steps + 1):
        yield Size(size.input_size, size.output_size * factor, size.coefficient_bits, size.input_bits, size.seed)


def measure_ours(folder: Path, size: Size, runs: int, threads: int, step: Step) -> Record:
    """A row of ours, with medians in the original's columns: from the layer in memory to keys, to a proof."""
    write_network(folder, *layer(size.input_size, size.output_size, size.coefficient_bits, size.input_bits, size.seed))
    setup = measure_setup(folder, runs, threads, input_range(size.input_bits), step)
    prove = measure_prove(folder, runs, threads, step)
    verify = measure_verify(folder, runs, threads, step)
    build = {name: value for name, value in setup["setup_seconds"]["by_step"].items() if name != "read"}
    return {
        "system": OURS,
        "threads": threads,
        "multiply_adds": size.multiply_adds,
        "input_size": size.input_size,
        "output_size": size.output_size,
        "build_time_s": sum(value["median"] for value in build.values()),
        "proof_time_s": prove["prove_seconds"]["core"]["median"],
        "proof_mem_b": prove["prove_peak_memory_bytes"],
        "proof_size_b": prove["proof_bytes"],
        "verify_time_s": verify["verify_native_seconds"]["median"],
        "utilisation": prove["prove_seconds"]["core_cpu"]["median"] / prove["prove_seconds"]["core"]["median"],
        "outputs_sum": sum(prove["outputs"]),
        "hidden": prove["hidden"],
        "soundness_bits": setup["soundness_bits"],
        "profile": verify["profile"],
        "spread": {
            "proof_time_s": prove["prove_seconds"]["core"],
            "verify_time_s": verify["verify_native_seconds"],
        },
    }


def measure_baseline(program: Path, size: Size, runs: int, threads: int, step: Step) -> Record:
    """A row of the original's circuit on the same numbers; where the program fails, why instead of figures.

    A large circuit may take more memory than there is: that is a result, and ends no sweep.
    """
    with step("baseline"):
        done = [_run_baseline(program, size, threads) for _ in range(runs)]
    row: Record = {
        "system": BASELINE,
        "threads": threads,
        "multiply_adds": size.multiply_adds,
        "input_size": size.input_size,
        "output_size": size.output_size,
    }
    failed = next((run for run in done if isinstance(run, str)), None)
    if failed is not None:
        return {**row, "failed": failed}
    rows = [run for run in done if not isinstance(run, str)]
    prove = [run["prove_seconds"] for run in rows]
    cpu = [run["prove_cpu_seconds"] for run in rows if run["prove_cpu_seconds"] is not None]
    memory = [run["prove_peak_memory_bytes"] for run in rows if run["prove_peak_memory_bytes"] is not None]
    return {
        **row,
        "build_time_s": median(run["build_seconds"] for run in rows),
        "proof_time_s": median(prove),
        "proof_mem_b": max(memory, default=None),
        "proof_size_b": rows[-1]["proof_bytes"],
        "verify_time_s": median(run["verify_seconds"] for run in rows),
        "utilisation": median(cpu) / median(prove) if cpu else None,
        "outputs_sum": rows[-1]["outputs_sum"],
        "hidden": [],
        "circuit_rows": rows[-1]["circuit_rows"],
        "num_constants": rows[-1]["num_constants"],
    }


def require_same_outputs(ours: Record, baseline: Record) -> None:
    """Compare what the two systems computed: figures of different numbers would say nothing.

    Errors: InternalError when they differ.
    """
    if "failed" not in baseline and ours["outputs_sum"] != baseline["outputs_sum"]:
        raise InternalError(
            f"the baseline's outputs sum to {baseline['outputs_sum']}, ours to {ours['outputs_sum']}: other numbers"
        )


def ratios(rows: Sequence[Record]) -> list[Record]:
    """The baseline's seconds and bytes over ours, for each pair of rows of one size and number of threads."""
    ours = {(row["threads"], row["multiply_adds"]): row for row in rows if row["system"] == OURS}
    return [
        {
            "threads": row["threads"],
            "multiply_adds": row["multiply_adds"],
            **{
                column: row[column] / ours[row["threads"], row["multiply_adds"]][column]
                for column in COLUMNS[2:]
                if row[column] is not None
            },
        }
        for row in rows
        if row["system"] == BASELINE and "failed" not in row
    ]


def csv_text(rows: Sequence[Record], system: str) -> str:
    """The rows of one system as the original prints them; of several thread counts one after the other."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row["system"] == system and "failed" not in row)
    return text.getvalue()


def _run_baseline(program: Path, size: Size, threads: int) -> Record | str:
    options = {
        "--input-size": size.input_size,
        "--output-size": size.output_size,
        "--coefficient-bits": size.coefficient_bits,
        "--input-bits": size.input_bits,
        "--seed": size.seed,
    }
    command = [str(program), *(str(part) for option in options.items() for part in option)]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "RAYON_NUM_THREADS": str(threads)},
            capture_output=True,
            text=True,
            timeout=BASELINE_SECONDS,
            check=False,
        )
    except OSError as error:
        raise UsageError(f"{program}: cannot be run ({error.strerror}); build it with `make peers`.") from error
    except subprocess.TimeoutExpired:
        return f"stopped after {BASELINE_SECONDS} s"
    if done.returncode < 0:
        return f"killed by signal {-done.returncode}; it may have taken more memory than there is"
    if done.returncode > 0:
        return f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        raise UsageError(f"{program}: did not print a line of JSON; build it with `make peers`.") from None
