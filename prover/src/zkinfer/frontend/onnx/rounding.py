"""Real numbers to the nearest integers of a scale."""

from __future__ import annotations

import numpy as np

from zkinfer.frontend.onnx.model import OnnxNode, Unsupported
from zkinfer.graph.operator import Array


def codes_of(node: OnnxNode, values: Array, scale: float, lo: int, hi: int) -> Array:
    """Return real results as integers: nearest, ties to even, saturated; infinities saturate as well.

    Where a function has no value QuantizeLinear gives the least code, as onnxruntime's does.
    Errors: Unsupported for a function that has no value somewhere and that the model does not quantise.
    """
    undefined = np.isnan(values)
    if undefined.any() and node.op_type != "QuantizeLinear":
        raise Unsupported(node, "it has no value for some codes of its input", "clip its input to where it is defined")
    return np.asarray(np.clip(np.rint(np.where(undefined, -np.inf, values) / scale), lo, hi), dtype=np.int32)
