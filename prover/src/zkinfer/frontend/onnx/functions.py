"""Functions put in place of the nodes that call them: a file's own, once it is known how many nodes that makes.

Of operators that ONNX defines by others a few are written out too: Attention becomes MatMul, Softmax and their like.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from onnx import ModelProto, NodeProto, helper, inliner, shape_inference

from zkinfer_verify.errors import UsageError

DEFINED = frozenset(("Attention", "MeanVarianceNormalization", "RotaryEmbedding"))
"""Operators that are no families here, and that are made of such as are."""
MAX_NODES = 1 << 20
MAX_DEPTH = 64
"""Of functions that call functions."""


def inlined(model: ModelProto, path: Path) -> ModelProto:
    """Return the model without functions.

    Errors: UsageError for functions that call themselves, or that call each other so often that a small file makes very
    many nodes.
    """
    if not model.functions:
        return model
    bodies = {(function.domain, function.name, function.overload): function.node for function in model.functions}
    nodes = dict[tuple[str, str, str], int]()

    def count(body: Iterable[NodeProto], depth: int) -> int:
        return sum(one(node, depth) for node in body)

    def one(node: NodeProto, depth: int) -> int:
        key = (node.domain, node.op_type, node.overload)
        if key not in bodies:
            return 1 + sum(count(entry.g.node, depth) for entry in node.attribute if entry.HasField("g"))
        if depth == MAX_DEPTH:
            raise UsageError(
                f"{path}: function {node.op_type} is called by itself, or through {MAX_DEPTH} others; "
                "export the model without functions."
            )
        if key not in nodes:
            nodes[key] = count(bodies[key], depth + 1)
        return nodes[key]

    total = count(model.graph.node, 0)
    if total > MAX_NODES:
        raise UsageError(f"{path}: its functions make {total} nodes, more than {MAX_NODES}; export without them.")
    return inliner.inline_local_functions(model)


def written_out(model: ModelProto) -> ModelProto:
    """Return the model with the operators written out that ONNX defines by others, and that are not read themselves."""
    found = {node.op_type for node in model.graph.node if node.domain in ("", "ai.onnx")} & DEFINED
    if not found:
        return model
    given = {value.name for value in (*model.graph.input, *model.graph.value_info)}
    model.graph.value_info.extend(
        helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims))
        for tensor in model.graph.initializer
        if tensor.name not in given
    )
    typed = shape_inference.infer_shapes(model)
    names = [("", name) for name in sorted(found)]
    return inliner.inline_selected_functions(typed, names, inline_schema_functions=True)
