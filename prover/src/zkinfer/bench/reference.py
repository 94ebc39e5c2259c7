"""A network measured whole: inference, files, setup, proofs by step, verification, bytes, memory; and the ratios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zkinfer.bench.draw import input_range
from zkinfer.bench.forecast import forecast
from zkinfer.bench.fresh import in_fresh_process
from zkinfer.bench.networks import INPUT_BITS, Network, network_named
from zkinfer.bench.record import Record, spread
from zkinfer.bench.steps import (
    INPUT,
    MODEL,
    Step,
    measure_prove,
    measure_setup,
    measure_verify,
    measure_verify_plain,
    read_proof,
    timed,
    write_network,
)
from zkinfer.execute import fast, plain
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.load import load
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.prove.prover import no_steps
from zkinfer.quantize.integers import input_to_integers, to_integers
from zkinfer.report.calibration import calibrate
from zkinfer_verify.check.run import prepare


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
    prepared = prepare(read_proof(folder)[0])
    calibration = measured["calibration_seconds"]["median"]
    return {**measured, "ratios": ratios(measured), **forecast(prepared, calibration)}


def measure_point(folder: Path, network: Network, runs: int, threads: int, options: Sequence[str]) -> Record:
    """Measure what the model of the cost is fitted to: setup with its options, proofs, verification, and the counts."""
    write_network(folder, *network)
    measured = {
        "calibration_seconds": in_fresh_process(threads, _calibrate),
        **measure_setup(folder, max(1, runs // 2), threads, input_range(INPUT_BITS), no_steps, options),
        **measure_prove(folder, runs, threads, no_steps),
        **measure_verify(folder, runs, threads, no_steps),
    }
    prepared = prepare(read_proof(folder)[0])
    return {**measured, **forecast(prepared, measured["calibration_seconds"]["median"])}


def _calibrate() -> Record:
    return spread(calibrate())


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
    return {
        "calibration_seconds": _calibrate(),
        "read_seconds": read,
        "write_seconds": write,
        "inference_seconds": {
            "plain_numpy": timed(few, lambda: plain.execute(whole, x)),
            "fast_integers": timed(runs, lambda: fast.execute(whole, x)),
        },
    }
