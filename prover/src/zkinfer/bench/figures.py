"""What the regression check compares: the seconds, memory and bytes of a record, each under a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from zkinfer.bench.matvec import OURS
from zkinfer.bench.record import Record


@dataclass(frozen=True)
class Figures:
    """longest: the seconds of the longest proof, beside which much shorter ones are noise."""

    longest: float
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    proof_bytes: dict[str, int] = field(default_factory=dict)


def figures_of(record: Record) -> Figures:
    """The figures of a record of any benchmark."""
    match record["benchmark"].split()[0]:
        case "network":
            return _of_network(record)
        case "batch":
            return _of_batch(record)
        case "matvec":
            return _of_matvec(record)
    return _of_scaling(record)


def _of_network(record: Record) -> Figures:
    seconds = {f"inference, {name}": value["median"] for name, value in record["inference_seconds"].items()}
    seconds["read"] = record["read_seconds"]["median"]
    if "prove_warm_seconds" in record:  # older records tell none
        seconds["prove, warm"] = record["prove_warm_seconds"]["median"]
    seconds["verify, native kernels"] = record["verify_native_seconds"]["median"]
    seconds["verify, pure Python"] = record["verify_plain_seconds"]["median"]
    for command in ("setup", "prove"):
        seconds.update(_command(command, record[f"{command}_seconds"]))
    return Figures(
        record["prove_seconds"]["core"]["median"],
        seconds,
        {name: record[f"{name}_peak_memory_bytes"] for name in ("setup", "prove")},
        {"proof": record["proof_bytes"]},
    )


def _of_batch(record: Record) -> Figures:
    seconds: dict[str, float] = {}
    for side in ("single", "batch"):
        seconds.update(_command(f"{side}, prove", record[side]["prove_seconds"]))
        seconds[f"{side}, verify"] = record[side]["verify_native_seconds"]["median"]
    return Figures(
        record["batch"]["prove_seconds"]["core"]["median"],
        seconds,
        {f"{side}, prove": record[side]["prove_peak_memory_bytes"] for side in ("single", "batch")},
        {f"{side}, proof": record[side]["proof_bytes"] for side in ("single", "batch")},
    )


def _of_matvec(record: Record) -> Figures:
    rows = {
        f"{row['input_size']} x {row['output_size']}, {row['threads']} threads": row
        for row in record["rows"]
        if row["system"] == OURS
    }
    times = ("build_time_s", "proof_time_s", "verify_time_s")
    return Figures(
        max(row["proof_time_s"] for row in rows.values()),
        {f"{name}: {column}": row[column] for name, row in rows.items() for column in times},
        {name: row["proof_mem_b"] for name, row in rows.items()},
        {name: row["proof_size_b"] for name, row in rows.items()},
    )


def _of_scaling(record: Record) -> Figures:
    points = {
        f"{name.replace('_', '-')}, {point[name]:,}": point
        for name, sweep in record["sweeps"].items()
        for point in sweep["points"]
    }
    times = ("setup_s", "prove_s", "verify_s")
    return Figures(
        max(point["prove_s"] for point in points.values()),
        {f"{name}: {column}": point[column] for name, point in points.items() for column in times},
        {name: point["prove_mem_b"] for name, point in points.items()},
        {name: point["proof_b"] for name, point in points.items()},
    )


def _command(command: str, seconds: Record) -> Iterator[tuple[str, float]]:
    """A command as a whole and by step. Its steps' sum leaves out how long Python takes to start."""
    yield command, seconds["total"]["median"]
    for name, value in seconds["by_step"].items():
        yield f"{command}: {name}", value["median"]
