"""Run ezkl on the files of `zkinfer bench reference --network NAME --keep DIR`, and print one line of JSON.

    zkinfer bench reference --network lenet --keep lenet --record lenet.json
    python run.py lenet

Needs an environment of its own with ezkl. The network is the same integers: every scale is 2^0, so that
ezkl rounds nothing. Input hidden, output public, weights fixed in the circuit, as zkinfer has them. The structured
reference string is made here, which is for measuring only.
"""

import argparse
import asyncio
import inspect
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ezkl

MAX_LOGROWS = 26  # beyond that the reference string alone takes gigabytes


async def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of ezkl; releases differ in which of them are coroutines."""
    result = function(*args, **kwargs)
    return await result if inspect.isawaitable(result) else result


async def measure(folder: Path) -> dict[str, Any]:
    """Set up, prove and verify in a folder; returns seconds, bytes, memory."""
    names = ("network.onnx", "ezkl-input.json", "settings.json", "network.ezkl", "kzg.srs", "vk.key", "pk.key")
    model, data, settings, circuit, srs, vk, pk = (str(folder / name) for name in names)
    witness, proof = str(folder / "witness.json"), str(folder / "proof.json")
    x = json.loads((folder / "input.json").read_text())
    Path(data).write_text(json.dumps({"input_data": [x["data"]]}))

    arguments = ezkl.PyRunArgs()
    arguments.input_visibility, arguments.output_visibility, arguments.param_visibility = "private", "public", "fixed"
    arguments.input_scale = arguments.param_scale = 0

    seconds: dict[str, float] = {}

    async def timed(step: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        result = await call(function, *args, **kwargs)
        seconds[step] = time.perf_counter() - start
        return result

    await timed("settings", ezkl.gen_settings, model, settings, py_run_args=arguments)
    await timed(
        "calibrate", ezkl.calibrate_settings, data, model, settings, "resources", scales=[0], max_logrows=MAX_LOGROWS
    )
    await timed("compile", ezkl.compile_circuit, model, circuit, settings)
    logrows = json.loads(Path(settings).read_text())["run_args"]["logrows"]
    await timed("reference string", ezkl.gen_srs, srs, logrows)
    await timed("setup", ezkl.setup, circuit, vk, pk, srs_path=srs)
    await timed("witness", ezkl.gen_witness, data, circuit, witness)
    await timed("prove", ezkl.prove, witness, circuit, pk, proof, srs_path=srs)
    accepted = await timed("verify", ezkl.verify, proof, settings, vk, srs_path=srs)
    if accepted is not True:
        raise SystemExit("ezkl does not accept its own proof")

    made = json.loads(Path(proof).read_text())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "system": "ezkl",
        "version": version("ezkl"),
        "logrows": logrows,
        "threads": int(os.environ.get("RAYON_NUM_THREADS", os.cpu_count() or 1)),
        "seconds": seconds,
        "setup_time_s": seconds["compile"] + seconds["setup"],
        "proof_time_s": seconds["witness"] + seconds["prove"],
        "verify_time_s": seconds["verify"],
        "peak_memory_bytes": peak if sys.platform == "darwin" else peak * 1024,  # of all steps together
        "proof_size_b": len(made["proof"]) if isinstance(made["proof"], list) else len(made["hex_proof"]) // 2 - 1,
        "proving_key_bytes": Path(pk).stat().st_size,
        "outputs": made["pretty_public_inputs"]["rescaled_outputs"],
        "hidden": ["input"],
    }


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of --keep: network.onnx and input.json")
    print(json.dumps(asyncio.run(measure(parser.parse_args().folder))))


if __name__ == "__main__":
    main()
