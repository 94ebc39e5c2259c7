"""What is measured of any network: setup, prove, verify, in fresh processes, several times each."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from zkinfer import api
from zkinfer.bench.fresh import in_fresh_process, run_command
from zkinfer.bench.record import Record, spread
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.nn_json_writer import write_array_json, write_nn_json
from zkinfer.graph.graph import Array, Graph
from zkinfer.report.calibration import calibrate
from zkinfer_verify.api import verify as verify_in_plain_python
from zkinfer_verify.statement.statement import Statement

MODEL, INPUT, KEYS, PROOF = "model.json", "input.json", "keys", "output.zkproof"
WARM_RUNS = 11  # at least, of what takes milliseconds
Step = Callable[[str], AbstractContextManager[object]]


def write_network(folder: Path, graph: Graph, x: Array) -> None:
    """Write the files that the commands read."""
    write_nn_json(graph, folder / MODEL)
    write_array_json(x, folder / INPUT)


def measure_setup(
    folder: Path, runs: int, threads: int, input_range: str, step: Step, options: Sequence[str] = ()
) -> Record:
    """Seconds, memory and bytes of `zkinfer setup`, into a new folder each time."""
    command = ("setup", MODEL, "-o", KEYS, f"--input-range={input_range}", *options)

    def run() -> Record:
        shutil.rmtree(folder / KEYS, ignore_errors=True)
        return run_command(folder, threads, *command)

    with step("setup"):
        done, calibration = _calibrated(runs, run)
    return {
        "setup_seconds": {**_seconds(done), "calibration": calibration},
        "setup_peak_memory_bytes": max(run["peak_memory_bytes"] for run in done),
        "setup_bytes": done[-1]["bytes"],
        "soundness_bits": done[-1]["soundness_bits"],
    }


def measure_prove(
    folder: Path, runs: int, threads: int, step: Step, inputs: Sequence[str] = (INPUT,), proof: str = PROOF
) -> Record:
    """Seconds, memory and bytes of `zkinfer prove`; "core" is from the input in memory to the proof's bytes."""
    with step("prove"):
        done, calibration = _calibrated(runs, lambda: run_command(folder, threads, "prove", KEYS, *inputs, "-o", proof))
    last = done[-1]
    return {
        "hidden": last["hidden"],
        "outputs": last["outputs"]["integers"],
        "prove_seconds": {
            **_seconds(done),
            "core": spread([run["seconds"]["prove"] for run in done]),
            "core_cpu": spread([run["seconds"]["prove_cpu"] for run in done]),
            "calibration": calibration,
        },
        "prove_peak_memory_bytes": max(run["peak_memory_bytes"] for run in done),
        "proof_bytes": last["proof_bytes"],
        "proof_bytes_by_section": last["bytes_by_section"],
    }


def measure_prove_warm(folder: Path, runs: int, threads: int, step: Step) -> Record:
    """Seconds from the input in memory to the proof, in a process that has proved before."""
    with step("prove again"):
        return {"prove_warm_seconds": in_fresh_process(threads, _prove_again, folder, runs)}


def measure_verify(folder: Path, runs: int, threads: int, step: Step, proof: str = PROOF) -> Record:
    """Seconds of verifying with native kernels, in a process that has verified before."""
    with step("verify"):
        return in_fresh_process(threads, _verify_native, folder, runs, proof)


def measure_verify_plain(folder: Path, runs: int, threads: int, step: Step) -> Record:
    """Seconds of verifying in plain Python, as zkinfer-verify alone does it."""
    with step("verify in plain Python"):
        return in_fresh_process(threads, _verify_plain, folder, runs)


def _prove_again(folder: Path, runs: int) -> dict[str, float]:
    keys = api.load_keys(folder / KEYS)
    x = read_input(folder / INPUT)
    return timed(max(runs, WARM_RUNS), lambda: api.prove(keys, x))


def _verify_native(folder: Path, runs: int, proof: str) -> Record:
    statement, data = read_proof(folder, proof)
    before = calibrate()
    seconds = timed(max(runs, WARM_RUNS), lambda: api.verify(statement, data))
    calibration = spread([*before, *calibrate()])
    return {"profile": statement.profile, "verify_native_seconds": {**seconds, "calibration": calibration}}


def _verify_plain(folder: Path, runs: int) -> Record:
    statement, proof = read_proof(folder)
    return {"verify_plain_seconds": timed(runs, lambda: verify_in_plain_python(statement, proof))}


def read_proof(folder: Path, proof: str = PROOF) -> tuple[Statement, bytes]:
    """A proof in a folder, and its statement: that of the keys, or of several inputs the one beside the proof."""
    beside = folder / f"{proof}.zks"
    statement = beside if beside.exists() else folder / KEYS / "statement.zks"
    return Statement.from_bytes(statement.read_bytes()), (folder / proof).read_bytes()


def _calibrated(runs: int, run: Callable[[], Record]) -> tuple[list[Record], dict[str, float]]:
    """Run several times, and calibrate the machine before each: it is not as fast a minute later."""
    done, samples = [], list[float]()
    for _ in range(runs):
        samples += calibrate()
        done.append(run())
    return done, spread(samples)


def timed(runs: int, call: Callable[[], object]) -> dict[str, float]:
    """Time a call after one warm-up."""
    call()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return spread(seconds)


def _seconds(runs: Sequence[Mapping[str, Any]]) -> Record:
    """Several runs of one command: its process from start to end, Python's start included; its steps and their sum."""
    steps = runs[0]["seconds"]["by_step"]
    return {
        "process": spread([run["process_seconds"] for run in runs]),
        "total": spread([run["seconds"]["total"] for run in runs]),
        "by_step": {name: spread([run["seconds"]["by_step"][name] for run in runs]) for name in steps},
    }
