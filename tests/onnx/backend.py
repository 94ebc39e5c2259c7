"""onnx's own node tests, run through the importer and the integer executor: python -m tests.onnx.backend [--kept]

Each float model is quantised to 16 bits, with powers of two that hold its own example as scales, translated, run in
integers, and compared with the expected output. Tolerance: a thousandth of the largest expected value, and of 1; and as
much as onnxruntime's own run of the quantised model is off: near a pole that is what the quantised input costs.
Inputs that are weights in practice (all but the first, unless the operator takes activations alone) are constants.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.onnx.agreement import quantised, run_model
from zkinfer.frontend.onnx.families.catalogue import FAMILIES
from zkinfer.frontend.onnx.integer_inputs import CODES
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import translate
from zkinfer.program.from_network import integers_of
from zkinfer_verify.errors import ZkinferError

RECORD = Path(__file__).with_name("backend.json")
TOLERANCE = 1e-3
LEAST_OPSET = 21
LARGEST_OPSET = 24
"""What onnxruntime runs; a case of a later one is tried with the operators as they are there."""
# fmt: off
OF_ACTIVATIONS = frozenset((
    "Add", "And", "Concat", "Div", "Einsum", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "MatMul",
    "Max", "Mean", "Min", "Mul", "Or", "Sub", "Sum", "Where", "Xor",
))
# fmt: on
"""Operators whose inputs are all activations."""
Arrays = Mapping[str, NDArray[Any]]


def cases() -> Iterator[tuple[str, Any]]:
    """Yield every node test of operators that some family translates, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.loader import load_model_tests

        found = load_model_tests(kind="node")
    for case in sorted(found, key=lambda case: case.name):
        if case.model is not None and case.data_sets and {n.op_type for n in case.model.graph.node} <= set(FAMILIES):
            yield case.name, case


def verdict(case: Any) -> str:
    """Return "passed", "unsupported: why", or "failed: how"."""
    nodes = list(case.model.graph.node)
    given = dict(zip((value.name for value in case.model.graph.input), case.data_sets[0][0], strict=False))
    expected = dict(zip((value.name for value in case.model.graph.output), case.data_sets[0][1], strict=False))
    given, expected = (
        {name: np.asarray(a) if isinstance(a, np.generic) else a for name, a in arrays.items()}
        for arrays in (given, expected)
    )
    (version,) = (entry.version for entry in case.model.opset_import if entry.domain in ("", "ai.onnx"))
    opset = min(max(LEAST_OPSET, version), LARGEST_OPSET)
    floats = [name for name, array in given.items() if getattr(array, "dtype", None) == np.float32]
    if not floats:
        # Whole numbers whose types tell their range are fed as they are.
        floats = [name for name, array in given.items() if str(getattr(array, "dtype", "")) in ("bool", *CODES)]
    if not floats or any(not isinstance(array, np.ndarray) for array in (*given.values(), *expected.values())):
        return "unsupported: no input of float32, of codes or of truth values"
    together = all(node.op_type in OF_ACTIVATIONS for node in nodes)
    fed = floats if together else floats[:1]
    feeds = {name: given[name] for name in fed}
    constants = {name: array for name, array in given.items() if name not in feeds}
    if any(array.size == 0 for array in feeds.values()):
        return "unsupported: an input is empty"
    try:
        model = quantised(nodes, feeds, list(expected), constants, "int16", opset, powers=True)
    except Exception as error:
        return f"unsupported: onnxruntime does not run it ({type(error).__name__})"
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            path.write_bytes(model.SerializeToString())
            translation = translate(read_onnx(path, {name: array.shape for name, array in feeds.items()}))
        if translation.network is None:
            return f"unsupported: {translation.problems[0].reason}"
        network = translation.network
        tensors = network.run({port.tensor: integers_of(port, feeds[port.name]) for port in network.inputs})
        quantised_by_them = run_model(model, [value.name for value in model.graph.output], feeds)
    except ZkinferError as error:
        return f"unsupported: {str(error).removeprefix(str(path)).lstrip(': ')}"
    for port, name, runtime in zip(network.outputs, expected, quantised_by_them, strict=True):
        theirs = expected[name].astype(np.float64)
        ours = tensors[port.tensor] * port.scale if port.quantised else tensors[port.tensor] + port.offset
        if ours.shape != theirs.shape:
            return f"failed: shape {ours.shape} for {theirs.shape}"
        limit = TOLERANCE * max(1.0, float(np.abs(theirs).max(initial=0))) + float(
            np.abs(runtime - theirs).max(initial=0)
        )
        worst = float(np.abs(ours - theirs).max(initial=0))
        if not worst <= limit:
            return f"failed: off by {worst:.3g}, allowed are {limit:.3g}"
    return "passed"


def run() -> dict[str, str]:
    """Return the verdict on every case, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: verdict(case) for name, case in cases()}


def summary(verdicts: Mapping[str, str]) -> str:
    """Return what passed, failed and is unsupported, by name, and how many of each there are."""
    lines = [f"{name:60} {text}" for name, text in verdicts.items()]
    counts = Counter(text.partition(":")[0] for text in verdicts.values())
    return "\n".join([*lines, "", ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))])


def main() -> int:
    """Run all cases, print and keep the verdicts; fails where a case failed. --kept: print the record instead."""
    kept = "--kept" in sys.argv[1:]
    verdicts = json.loads(RECORD.read_text()) if kept else run()
    print(summary(verdicts))
    if not kept:
        RECORD.write_text(json.dumps(verdicts, indent=1) + "\n")
    return int(any(text.startswith("failed") for text in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
