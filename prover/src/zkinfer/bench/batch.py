"""Several inputs in one proof, beside a proof of one in the same run: what an input costs then."""

from __future__ import annotations

from pathlib import Path

from zkinfer.bench.calibration import calibrate
from zkinfer.bench.draw import Draw, input_range
from zkinfer.bench.fresh import in_fresh_process
from zkinfer.bench.networks import INPUT_BITS, network_named
from zkinfer.bench.passes import weight_passes
from zkinfer.bench.record import Record
from zkinfer.bench.steps import INPUT, Step, measure_prove, measure_setup, measure_verify, write_network
from zkinfer.frontend.nn_json_writer import write_array_json

OPENED = "columns of W"


def measure_batch(folder: Path, name: str, count: int, runs: int, threads: int, step: Step) -> Record:
    """Measure proofs of one input and of `count` inputs of a network, with one setup."""
    with step("inputs"):
        inputs = write_inputs(folder, name, count)
    setup = measure_setup(folder, 1, threads, input_range(INPUT_BITS), step)
    sides: dict[str, Record] = {}
    for side, files in (("single", inputs[:1]), ("batch", inputs)):
        proof = f"{side}.zkproof"
        prove = measure_prove(folder, runs, threads, step, files, proof)
        prove.pop("outputs")  # of the same network and inputs each time
        with step("count"):
            passes = in_fresh_process(threads, weight_passes, folder, files)
        sides[side] = {**prove, **measure_verify(folder, runs, threads, step, proof), "weight_passes": passes}
    return {
        "network": name,
        "inputs": count,
        "soundness_bits": setup["soundness_bits"],
        "profile": sides["batch"]["profile"],
        "hidden": sides["batch"]["hidden"],
        "calibration_seconds": calibrate(threads),
        **sides,
        "ratios": ratios(sides["single"], sides["batch"], count),
    }


def write_inputs(folder: Path, name: str, count: int) -> list[str]:
    """Write a network, its own input and as many others as are missing to `count`; returns the names of their files."""
    graph, x = network_named(name)
    write_network(folder, graph, x)
    draw, inputs = Draw(), [INPUT]
    for i in range(1, count):
        inputs.append(f"input-{i}.json")
        write_array_json(draw.inputs(INPUT_BITS, *graph.input_shape), folder / inputs[-1])
    return inputs


def ratios(single: Record, batch: Record, count: int) -> dict[str, float]:
    """What an input of the batch costs over one alone; and the weights' share in the whole, which no input adds to."""

    def seconds(side: Record, name: str) -> float:
        return float(side["prove_seconds"][name]["median"])

    verify = "verify_native_seconds"
    return {
        "prove, an input / one alone": seconds(batch, "core") / count / seconds(single, "core"),
        "prove, CPU, an input / one alone": seconds(batch, "core_cpu") / count / seconds(single, "core_cpu"),
        "verify, an input / one alone": batch[verify]["median"] / count / single[verify]["median"],
        "bytes, an input / one alone": batch["proof_bytes"] / count / single["proof_bytes"],
        "passes over the weights, batch / one": batch["weight_passes"] / single["weight_passes"],
        "bytes of opened weights, batch / one": (
            batch["proof_bytes_by_section"][OPENED] / single["proof_bytes_by_section"][OPENED]
        ),
    }
