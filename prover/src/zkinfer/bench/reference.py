"""A network measured whole: inference, files, setup, proofs by step, verification, bytes, memory; and the ratios."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zkinfer.bench.draw import input_range
from zkinfer.bench.fresh import in_fresh_process
from zkinfer.bench.networks import INPUT_BITS, network_named
from zkinfer.bench.record import Record
from zkinfer.bench.steps import (
    INPUT,
    MODEL,
    Step,
    measure_prove,
    measure_setup,
    measure_verify,
    measure_verify_plain,
    timed,
    write_network,
)
from zkinfer.execute import fast, plain
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.load import load
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.quantize.integers import input_to_integers, to_integers

# Work of this machine that no release changes: what the regression check divides seconds by.
CALIBRATION_ENTRIES = 1 << 20
CALIBRATION_RUNS = 21


def measure_network(folder: Path, name: str, runs: int, threads: int, step: Step) -> Record:
    """Measure a network of the list by name in a folder, which keeps its files."""
    few = max(1, runs // 2)  # of what takes seconds
    with step("inference"):
        write_network(folder, *network_named(name))
        inference = in_fresh_process(threads, _infer, folder, runs, few)
    measured = {
        "network": name,
        **inference,
        **measure_setup(folder, few, threads, input_range(INPUT_BITS), step),
        **measure_prove(folder, runs, threads, step),
        **measure_verify(folder, runs, threads, step),
        **measure_verify_plain(folder, few, threads, step),
    }
    return {**measured, "ratios": ratios(measured)}


def ratios(measured: Record) -> dict[str, float]:
    """What is compared across machines: medians of one run, divided by each other."""
    prove = measured["prove_seconds"]["core"]["median"]
    plain_inference = measured["inference_seconds"]["plain_numpy"]["median"]
    return {
        "prove / inference, plain NumPy": prove / plain_inference,
        "prove / inference, fast integers": prove / measured["inference_seconds"]["fast_integers"]["median"],
        "verify, native kernels / prove": measured["verify_native_seconds"]["median"] / prove,
    }


def _infer(folder: Path, runs: int, few: int) -> Record:
    graph, x = load(folder / MODEL), input_to_integers(read_input(folder / INPUT))
    copy = folder / f"copy-of-{MODEL}"
    read = timed(few, lambda: load(folder / MODEL))
    write = timed(few, lambda: write_nn_json(graph, copy))
    copy.unlink()
    whole = to_integers(graph)
    a = np.arange(CALIBRATION_ENTRIES, dtype=np.int64)
    return {
        "calibration_seconds": timed(CALIBRATION_RUNS, lambda: np.sum(a * a)),
        "read_seconds": read,
        "write_seconds": write,
        "inference_seconds": {
            "plain_numpy": timed(few, lambda: plain.execute(whole, x)),
            "fast_integers": timed(runs, lambda: fast.execute(whole, x)),
        },
    }
