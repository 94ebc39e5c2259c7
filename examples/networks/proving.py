"""One network the whole way: quantise on real inputs, run in integers, prove, verify, and what all of it took."""

from __future__ import annotations

import hashlib
import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from onnx import load as load_model

from examples.networks.catalogue import Entry
from zkinfer import api
from zkinfer.bench.record import machine
from zkinfer.frontend.onnx.proto import read_proto
from zkinfer.frontend.onnx.translate import load_with_tensors
from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.quality import compare
from zkinfer.quantize.onnx.quantizer import quantize_onnx
from zkinfer.quantize.onnx.runtime import run_model
from zkinfer.quantize.onnx.samples import inputs_of, samples_of
from zkinfer.report.accuracy.measure import Compared
from zkinfer.report.usage import peak_memory_bytes

CALIBRATED, TRIED = 24, 8
"""Inputs that ranges come from, and others that accuracy is measured on; the proved one is of neither."""


@dataclass
class Clock:
    """Seconds of each step, of the clock and of all processors together."""

    seconds: dict[str, float] = field(default_factory=dict)
    processor_seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; says that it runs."""
        print(f"  {name} ..", flush=True)
        start, used = time.perf_counter(), _used()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
        self.processor_seconds[name] = round(_used() - used, 3)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def quantise(entry: Entry, cache: Path, target: Path, clock: Clock) -> dict[str, Any]:
    """Write the quantised network to a file; return how far its outputs are from the float one's."""
    with clock.step("read"):
        model = entry.model(cache)
        proto, _ = read_proto(model, entry.shapes)
        arrays = entry.inputs(cache, 1 + CALIBRATED + TRIED)
        samples = samples_of([(entry.file, {"": array}) for array in arrays[1:]], inputs_of(proto))
    with clock.step("quantise"):
        result = quantize_onnx(proto, samples[:CALIBRATED], entry.settings)
        target.write_bytes(result.quantised.SerializeToString())
    constants = Network(result.prepared).constants
    return {
        "file": entry.file.rpartition("/")[2],
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "parameters": sum(array.size for array in constants.values() if array.dtype.kind == "f"),
        "calibrated_on": len(samples[:CALIBRATED]),
        "float_against_quantised": [
            asdict(quality) for quality in compare(result.prepared, result.quantised, samples[CALIBRATED:] or samples)
        ],
    }


def agreement(quantised: Path, inputs: list[Array]) -> list[dict[str, Any]]:
    """By output: the share of codes that are those of onnxruntime as it runs by default, and the worst."""
    proto = load_model(quantised)
    run, (given,), network = run_model(proto, optimise="all"), inputs_of(proto), Network(proto)
    loaded = api.load(quantised)
    differences: dict[str, list[Array]] = {}
    for x in inputs:
        for output, expected in zip(api.infer(loaded, x), run({given.name: x}), strict=True):
            scale = float(network.constants[network.producer[output.name].input[1]])
            steps = np.rint((output.values - expected) / scale)
            differences.setdefault(output.name, []).append(np.abs(steps).reshape(-1))
    return [_agreement(name, np.concatenate(parts)) for name, parts in differences.items()]


def layers(quantised: Path, inputs: list[Array]) -> dict[str, Any]:
    """Every tensor of codes, each operation given onnxruntime's codes: the least share of equal ones, and the worst."""
    proto = load_model(quantised)
    (given,) = inputs_of(proto)
    found = Compared(*load_with_tensors(quantised), proto).layers([{given.name: x} for x in inputs], lambda count: None)
    least = min(found, key=lambda layer: layer.alone.equal)
    return {
        "tensors": len(found),
        "codes": sum(layer.alone.count for layer in found),
        "differing": sum(layer.alone.differing for layer in found),
        "least_equal": {"tensor": least.name, "equal": least.alone.equal},
        "worst": max(layer.alone.worst for layer in found),
    }


def _agreement(name: str, steps: Array) -> dict[str, Any]:
    return {
        "name": name,
        "codes": len(steps),
        "equal": float((steps == 0).mean()),
        "off_by_one": float((steps == 1).mean()),
        "worst": int(steps.max()),
    }


def prove(quantised: Path, x: Array, clock: Clock) -> dict[str, Any]:
    """Set up, prove and verify one input; return sizes and what is proved."""
    with clock.step("setup"):
        keys = api.setup(quantised)
    with clock.step("prove"):
        proof = api.prove(keys, x).to_bytes()
    with clock.step("verify"):
        outputs = api.verify(keys.statement, proof, expect=keys.statement.digest)
    return {
        "statement": keys.statement.digest.hex(),
        "statement_bytes": len(keys.statement.to_bytes()),
        "proof_bytes": len(proof),
        "outputs": {output.name: len(output.integers) for output in outputs.tensors},
    }


def run(name: str, entry: Entry, cache: Path, quantised: Path) -> dict[str, Any]:
    """The whole way of one network, as a record."""
    clock = Clock()
    record: dict[str, Any] = {
        "network": name,
        "about": entry.about,
        "package": entry.source,
        "licence": entry.licence,
        "settings": asdict(entry.settings),
        "machine": machine(),
    }
    record |= quantise(entry, cache, quantised, clock)
    inputs = entry.inputs(cache, 1 + CALIBRATED + TRIED)
    with clock.step("compare"):
        tried = inputs[:1] + inputs[1 + CALIBRATED :]
        record["integers_against_onnxruntime"] = agreement(quantised, tried)
        record["layers_against_onnxruntime"] = {"inputs": len(tried), **layers(quantised, tried)}
    record |= prove(quantised, inputs[0], clock)
    return record | {
        "accepted": True,
        "seconds": clock.seconds,
        "processor_seconds": clock.processor_seconds,
        "peak_memory_bytes": peak_memory_bytes(),
    }


def write(record: dict[str, Any], path: Path) -> None:
    """Write a record as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1) + "\n")
