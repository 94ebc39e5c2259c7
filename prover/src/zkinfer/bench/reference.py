"""A network measured whole: inference, files, setup, proofs by step, verification, bytes, memory; and the ratios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zkinfer.bench.calibration import calibrate
from zkinfer.bench.draw import input_range
from zkinfer.bench.forecast import calibrations, forecast
from zkinfer.bench.fresh import in_fresh_process
from zkinfer.bench.networks import INPUT_BITS, Network, network_named
from zkinfer.bench.onnx_inference import has_onnxruntime, onnx_session, require_close
from zkinfer.bench.record import Record
from zkinfer.bench.steps import (
    INPUT,
    MODEL,
    WARM_RUNS,
    Step,
    measure_prove,
    measure_prove_warm,
    measure_setup,
    measure_verify,
    measure_verify_plain,
    read_proof,
    timed,
    write_network,
)
from zkinfer.execute import fast, plain
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.nn_json import read_nn_json
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.frontend.onnx_writer import write_onnx
from zkinfer.graph.graph import Array, Graph
from zkinfer.graph.integers import input_to_integers, to_integers
from zkinfer.prove.prover import no_steps
from zkinfer_verify.check.run import prepare

INFERENCES = {
    "plain_numpy": "plain NumPy",
    "fast_integers": "fast integers",
    "onnxruntime": "onnxruntime, float32",
}
ONNX = "network.onnx"  # for peers, beside the model


def measure_network(folder: Path, name: str, runs: int, threads: int, step: Step) -> Record:
    """Measure a network of the list by name in a folder, which keeps its files."""
    few = max(1, runs // 2)  # of what takes seconds
    with step("inference"):
        write_network(folder, *network_named(name))
        inference = in_fresh_process(threads, _infer, folder, runs, few, threads)
    measured = {
        "network": name,
        "calibration_seconds": calibrate(threads),
        **inference,
        **measure_setup(folder, few, threads, input_range(INPUT_BITS), step),
        **measure_prove(folder, runs, threads, step),
        **measure_prove_warm(folder, runs, threads, step),
        **measure_verify(folder, runs, threads, step),
        **measure_verify_plain(folder, few, threads, step),
    }
    prepared = prepare(read_proof(folder)[0])
    return {**measured, "ratios": ratios(measured), **forecast(prepared, calibrations(measured))}


def measure_point(folder: Path, network: Network, runs: int, threads: int, options: Sequence[str]) -> Record:
    """Measure what the model of the cost is fitted to: setup with its options, proofs, verification, and the counts."""
    write_network(folder, *network)
    measured = {
        "calibration_seconds": calibrate(threads),
        **measure_setup(folder, runs, threads, input_range(INPUT_BITS), no_steps, options),
        **measure_prove(folder, runs, threads, no_steps),
        **measure_verify(folder, runs, threads, no_steps),
    }
    prepared = prepare(read_proof(folder)[0])
    return {**measured, **forecast(prepared, calibrations(measured))}


def ratios(measured: Record) -> dict[str, float]:
    """What is compared across machines: medians of one run, divided by each other."""
    prove = measured["prove_seconds"]["core"]["median"]
    inference = {
        f"prove / inference, {INFERENCES[name]}": prove / value["median"]
        for name, value in measured["inference_seconds"].items()
    }
    return {**inference, "verify, native kernels / prove": measured["verify_native_seconds"]["median"] / prove}


def _infer(folder: Path, runs: int, few: int, threads: int) -> Record:
    graph, x = read_nn_json(folder / MODEL), input_to_integers(read_input(folder / INPUT))
    copy = folder / f"copy-of-{MODEL}"
    read = timed(few, lambda: read_nn_json(folder / MODEL))
    write = timed(few, lambda: write_nn_json(graph, copy))
    copy.unlink()
    whole = to_integers(graph)
    inference = {
        "plain_numpy": timed(few, lambda: plain.execute(whole, x)),
        "fast_integers": timed(max(runs, WARM_RUNS), lambda: fast.execute(whole, x)),
    }
    if has_onnxruntime():
        write_onnx(whole, folder / ONNX)
        inference["onnxruntime"] = _infer_with_onnxruntime(whole, x, max(runs, WARM_RUNS), threads)
    return {"read_seconds": read, "write_seconds": write, "inference_seconds": inference}


def _infer_with_onnxruntime(graph: Graph, x: Array, runs: int, threads: int) -> dict[str, float]:
    session, entries = onnx_session(graph, threads), x.astype(np.float32)
    require_close(session(entries), fast.execute(graph, x)[graph.output])
    return timed(runs, lambda: session(entries))
