"""How time, memory and bytes grow: one count swept over decades while the others stay as they can."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from zkinfer.bench.draw import input_range
from zkinfer.bench.forecast import calibrations, forecast
from zkinfer.bench.networks import INPUT_BITS, WEIGHT_BITS, Network, layer, rectified, sliding
from zkinfer.bench.record import Record
from zkinfer.bench.steps import Step, measure_prove, measure_setup, measure_verify, read_proof, write_network
from zkinfer.graph.graph import Flatten, Graph
from zkinfer.report.layer_table import layer_rows, total_row
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError

COLUMNS = ("setup_s", "prove_s", "prove_mem_b", "proof_b", "verify_s")


@dataclass(frozen=True)
class Counts:
    """What a network's cost is stated in: each entry of a tensor between layers is an activation, inputs too."""

    multiply_adds: int
    activations: int
    weights: int


def _multiply_adds(decade: int) -> Network:
    # 45 x 45 positions of 4 channels, k^2 + 1 products each with the sum at the end: 2, 26, 226, 2026.
    return sliding(45, (1, 5, 15, 45)[decade], 4)


def _activations(decade: int) -> Network:
    return rectified(1000 * 10**decade)


def _weights(decade: int) -> Network:
    return layer(10_000, 10**decade, WEIGHT_BITS, INPUT_BITS)


SWEEPS: dict[str, Callable[[int], Network]] = {
    "multiply_adds": _multiply_adds,
    "activations": _activations,
    "weights": _weights,
}
DECADES = 3


def sweep_named(name: str) -> Callable[[int], Network]:
    """The networks of a sweep by decade, 0 to DECADES.

    Errors: UsageError for another name.
    """
    if name not in SWEEPS:
        raise UsageError(f"The sweep {name!r} is unknown; the names are {', '.join(SWEEPS)}.")
    return SWEEPS[name]


def measure_point(folder: Path, name: str, decade: int, runs: int, threads: int, step: Step) -> Record:
    """Measure one network of a sweep, with the model of the cost beside it."""
    graph, x = sweep_named(name)(decade)
    write_network(folder, graph, x)
    setup = measure_setup(folder, max(1, runs // 2), threads, input_range(INPUT_BITS), step)
    prove = measure_prove(folder, runs, threads, step)
    verify = measure_verify(folder, runs, threads, step)
    expected = forecast(prepare(read_proof(folder)[0]), calibrations({**setup, **prove, **verify}))["forecast"]
    return {
        **asdict(counts_of(graph)),
        "setup_s": setup["setup_seconds"]["total"]["median"],
        "prove_s": prove["prove_seconds"]["core"]["median"],
        "prove_mem_b": prove["prove_peak_memory_bytes"],
        "proof_b": prove["proof_bytes"],
        "verify_s": verify["verify_native_seconds"]["median"],
        "spread": {"prove_s": prove["prove_seconds"]["core"], "verify_s": verify["verify_native_seconds"]},
        "model": {
            "setup_s": expected["setup_seconds"],
            "prove_s": expected["prove_seconds"],
            "prove_mem_b": expected["prove_peak_memory_bytes"],
            "proof_b": expected["proof_bytes"],
            "verify_s": expected["verify_seconds"],
        },
        "hidden": prove["hidden"],
        "soundness_bits": setup["soundness_bits"],
        "profile": verify["profile"],
    }


def growth(points: Sequence[Record], name: str) -> dict[str, float]:
    """The exponent of each column over the last step of a sweep: value ~ count^exponent; 1 is linear, 0 constant."""
    before, after = points[-2:]
    steps = math.log(after[name] / before[name])
    return {column: math.log(after[column] / before[column]) / steps for column in COLUMNS}


def counts_of(graph: Graph) -> Counts:
    """The counts of a network."""
    total, shapes = total_row(graph, layer_rows(graph)), graph.shapes()
    tensors = [graph.input, *(node.output for node in graph.nodes if not isinstance(node.op, Flatten))]
    activations = sum(math.prod(shapes[tensor]) for tensor in tensors)
    return Counts(total.multiplications, activations, total.parameters)
