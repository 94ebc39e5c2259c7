"""The reference network, measured whole: inference, setup, proofs by step, verification, bytes and memory."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import zkinfer as zk
from benches.record import spread
from zkinfer.execute import fast, plain
from zkinfer.frontend.nn_json import read_nn_json
from zkinfer.frontend.reference import reference_network
from zkinfer.quantize.integers import to_integers
from zkinfer_verify.api import verify as verify_in_plain_python


def measure(folder: Path, runs: int) -> dict[str, Any]:
    """Run everything `runs` times in one folder; commands as whole processes, verification in this one."""
    zkinfer(folder, "reference", "-o", ".")
    setups = [zkinfer(folder, "setup", "model.json", "-o", "keys", "--json") for _ in range(max(2, runs // 2))]
    proofs = [zkinfer(folder, "prove", "keys", "input.json", "-o", "output.zkproof", "--json") for _ in range(runs)]
    last = proofs[-1]
    statement = zk.Statement.from_bytes((folder / "keys/statement.zks").read_bytes())
    proof = (folder / "output.zkproof").read_bytes()
    return {
        "benchmark": "reference network, int8 inputs",
        "profile": statement.profile,
        "runs": runs,
        "hidden": last["hidden"],
        "outputs": last["outputs"]["integers"],
        "inference_seconds": _inference(runs),
        "read_seconds": timed(runs, lambda: read_nn_json(folder / "model.json")),
        "setup_seconds": _seconds(setups),
        "setup_peak_memory_bytes": max(run["peak_memory_bytes"] for run in setups),
        "setup_bytes": setups[-1]["bytes"],
        "prove_seconds": _seconds(proofs),
        "prove_peak_memory_bytes": max(run["peak_memory_bytes"] for run in proofs),
        "verify_native_seconds": timed(runs, lambda: zk.verify(statement, proof)),
        "verify_plain_seconds": timed(max(2, runs // 2), lambda: verify_in_plain_python(statement, proof)),
        "proof_bytes": last["proof_bytes"],
        "proof_bytes_by_section": last["bytes_by_section"],
        "soundness_bits": last["soundness_bits"],
    }


def zkinfer(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a command in a folder; returns what it prints as JSON, if it was asked to."""
    command = [str(Path(sys.executable).with_name("zkinfer")), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"zkinfer {' '.join(arguments)} failed: {done.stderr.strip()}")
    return dict(json.loads(done.stdout)) if "--json" in arguments else {}


def timed(runs: int, call: Callable[[], object]) -> dict[str, float]:
    """Time a call after one warm-up."""
    call()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return spread(seconds)


def _inference(runs: int) -> dict[str, dict[str, float]]:
    graph, x = reference_network()
    whole, integers = to_integers(graph), x.astype(np.int64)
    return {
        "plain_numpy": timed(2, lambda: plain.execute(graph, x)),
        "fast_integers": timed(runs, lambda: fast.execute(whole, integers)),
    }


def _seconds(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Gather total and steps of several runs."""
    steps = runs[0]["seconds"]["by_step"]
    return {
        "total": spread([run["seconds"]["total"] for run in runs]),
        "by_step": {name: spread([run["seconds"]["by_step"][name] for run in runs]) for name in steps},
    }
