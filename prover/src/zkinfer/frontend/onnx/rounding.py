"""Real numbers to the nearest integers of a scale."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.graph.operator import Array


def codes_of(node: OnnxNode, values: Array, scale: float, lo: int, hi: int) -> Array:
    """Return real results as integers: nearest, ties to even, saturated; infinities saturate as well.

    QuantizeLinear divides float32 by float32, which is what decides where many results are ties. Where a function has
    no value it gives the least code, as onnxruntime's does.
    Errors: Unsupported for a function that has no value somewhere and that the model does not quantise.
    """
    undefined = np.isnan(values)
    if undefined.any() and node.op_type != "QuantizeLinear":
        raise Unsupported(node, "it has no value for some codes of its input", "clip its input to where it is defined")
    values = np.where(undefined, -np.inf, values)
    if node.op_type == "QuantizeLinear":
        with np.errstate(over="ignore"):
            values = (values.astype(np.float32) / np.float32(scale)).astype(np.float64)
    else:
        values = values / scale
    return np.asarray(np.clip(np.rint(values), lo, hi), dtype=np.int32)
