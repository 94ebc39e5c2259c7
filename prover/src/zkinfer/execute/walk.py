"""The walk over a Graph that every executor shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zkinfer.graph.graph import Array, Graph, Operator, show
from zkinfer_verify.errors import UsageError

Apply = Callable[[Operator, Array, str], Array]


def walk(graph: Graph, x: npt.ArrayLike, apply: Apply) -> dict[str, Array]:
    """Every tensor of the graph by name, the input first, where `apply(op, x, where)` computes one layer.

    Errors: UsageError where x does not have the graph's input shape or does not hold real numbers.
    """
    entries = np.asarray(x)
    if entries.shape != graph.input_shape:
        raise UsageError(
            f"The input has shape {show(entries.shape)}, but the network takes {show(graph.input_shape)}; "
            "tensors are channels last, without a batch axis."
        )
    if entries.dtype.kind not in "iuf":
        raise UsageError(f"The input holds {entries.dtype}, not real numbers; pass integers or floats.")
    tensors = {graph.input: entries}
    for node in graph.nodes:
        tensors[node.output] = apply(node.op, tensors[node.inputs[0]], f"Layer {node.name} ({node.op.layer_type})")
    return tensors
