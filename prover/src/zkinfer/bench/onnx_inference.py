"""The network's inference in onnxruntime, beside which a proof's seconds are read: the extra `onnx` installs it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from zkinfer.frontend.onnx_writer import to_onnx
from zkinfer.graph.graph import Array, Graph
from zkinfer_verify.errors import InternalError

TOLERANCE = 2.0**-14  # of the largest output: float32 rounds a sum of thousands of terms a few times 2^-24 off
INSTALL = "install it with `pip install 'zkinfer[onnx]'`"


def has_onnxruntime() -> bool:
    """Whether onnxruntime and onnx are installed."""
    return all(find_spec(name) is not None for name in ("onnx", "onnxruntime"))


def onnx_session(graph: Graph, threads: int) -> Callable[[Array], Array]:
    """Return the network in onnxruntime, float32, on so many threads: a function from one input to its output.

    Its kernels for convolutions know float32 only, so outputs are near the integers and not always equal to them.
    """
    from onnxruntime import InferenceSession, SessionOptions  # type: ignore[import-untyped]  # ships no types

    options = SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = InferenceSession(to_onnx(graph).SerializeToString(), options, providers=["CPUExecutionProvider"])

    def run(x: Array) -> Array:
        (out,) = session.run(None, {graph.input: x[np.newaxis]})
        return np.asarray(out[0])

    return run


def require_close(found: Array, expected: Array) -> None:
    """Compare what onnxruntime computed with the exact outputs: seconds of another network would say nothing.

    Errors: InternalError when they differ by more than rounding.
    """
    difference = float(np.max(np.abs(found - expected))) if found.shape == expected.shape else np.inf
    if not difference <= TOLERANCE * float(np.max(np.abs(expected))):  # also true for a NaN
        raise InternalError(f"onnxruntime's output is {difference:g} away from ours: it is another network's")
