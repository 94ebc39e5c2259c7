"""One node on constants, by the reference implementation of the operators."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.graph.operator import Array


def evaluate(node: OnnxNode, read: Mapping[str, Array], opset: int) -> list[Array] | None:
    """Return what a node of the standard domain gives, or None where the reference does not compute it."""
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    if "." in node.op_type:
        return None
    try:
        with np.errstate(all="ignore"):
            proto = helper.make_node(node.op_type, node.inputs, node.outputs, **node.attributes)
            graph = helper.make_graph(
                [proto],
                "alone",
                [
                    helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
                    for name, a in read.items()
                ],
                [helper.make_empty_tensor_value_info(name) for name in node.outputs if name],
            )
            model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
            return [np.asarray(value) for value in ReferenceEvaluator(model).run(None, dict(read))]
    except MemoryError:
        raise
    except Exception:  # the node is reported like any other that is not supported
        return None
