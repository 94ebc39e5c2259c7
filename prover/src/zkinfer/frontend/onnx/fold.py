"""Constant folding: what constants and shapes alone determine is a constant; what changes nothing goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.graph.graph import Array, Shape

if TYPE_CHECKING:
    from onnx import NodeProto

NOTHING = ("Identity", "Dropout")
"""Operators that give their first input back; Dropout does so outside of training."""
MAX_ENTRIES = 1 << 26
"""A constant of more entries is not computed here: its node stays."""


def fold_constants(
    nodes: Sequence[tuple[OnnxNode, NodeProto]], constants: Mapping[str, Array], shapes: Mapping[str, Shape]
) -> tuple[list[OnnxNode], dict[str, Array], dict[str, str]]:
    """The nodes that are left, all constants by name, and what stands for each tensor that is gone."""
    known, aliases, left = dict(constants), dict[str, str](), list[OnnxNode]()
    for node, proto in nodes:
        node = replace(node, inputs=tuple(aliases.get(name, name) for name in node.inputs))
        if node.op_type in NOTHING and node.inputs[0] not in known:
            aliases[node.outputs[0]] = node.inputs[0]
        elif node.op_type == "Shape" and node.inputs[0] in shapes:
            start, end = node.attributes.get("start", 0), node.attributes.get("end")
            known[node.outputs[0]] = np.array(shapes[node.inputs[0]][start:end], dtype=np.int64)
        elif (computed := _computed(node, proto, known, shapes)) is not None:
            known |= computed
        else:
            left.append(node)
    return left, known, aliases


def _computed(
    node: OnnxNode, proto: NodeProto, known: Mapping[str, Array], shapes: Mapping[str, Shape]
) -> dict[str, Array] | None:
    """What a node gives, if all that it reads is known."""
    from onnx.reference import ReferenceEvaluator

    read = [name for name in node.inputs if name]
    if any(name not in known for name in read):
        return None
    sizes = [int(np.prod(shapes[name], dtype=np.int64)) for name in node.outputs if name in shapes]
    if max(sizes, default=0) > MAX_ENTRIES:
        return None
    renamed = type(proto)()
    renamed.CopyFrom(proto)
    renamed.input[:] = node.inputs
    try:
        values = ReferenceEvaluator(renamed).run(None, {name: known[name] for name in read})
    except (NotImplementedError, RuntimeError, TypeError, ValueError):
        return None  # the node is reported like any other that is not supported
    return {name: np.asarray(value) for name, value in zip(node.outputs, values, strict=True) if name}
