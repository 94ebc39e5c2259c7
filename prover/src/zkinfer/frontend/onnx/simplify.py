"""Nodes that change nothing, and nodes whose outputs nobody reads, are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.graph.graph import Array, Shape

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
IF_SAME_SHAPE = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Tile"})
"""They give their entries back in order: with the shape, too, they give back what they read."""
IF_ONE_INPUT = frozenset({"Concat", "Sum", "Max", "Min", "Mean"})


def simplify(
    nodes: Sequence[OnnxNode],
    outputs: Sequence[str],
    constants: Mapping[str, Array],
    shapes: Mapping[str, Shape],
    types: Mapping[str, str],
) -> tuple[list[OnnxNode], list[str]]:
    """Return the nodes that are left, and what stands for each of the outputs."""
    aliases: dict[str, str] = {}
    read = {name for node in nodes for name in node.inputs} | set(outputs)
    left: list[OnnxNode] = []
    for node in nodes:
        inputs = tuple(aliases.get(name, name) for name in node.inputs)
        if not any(name in read for name in node.outputs[1:]) and _changes_nothing(node, constants, shapes, types):
            aliases[node.outputs[0]] = inputs[0]
        else:
            left.append(OnnxNode(node.name, node.op_type, inputs, node.outputs, node.attributes))
    stand_ins = [aliases.get(name, name) for name in outputs]
    return _alive(left, stand_ins), stand_ins


def _alive(nodes: Sequence[OnnxNode], outputs: Sequence[str]) -> list[OnnxNode]:
    """The nodes that some output depends on."""
    needed, alive = set(outputs), list[OnnxNode]()
    for node in reversed(nodes):
        if any(name in needed for name in node.outputs if name):
            needed.update(name for name in node.inputs if name)
            alive.append(node)
    return alive[::-1]


def _changes_nothing(
    node: OnnxNode, constants: Mapping[str, Array], shapes: Mapping[str, Shape], types: Mapping[str, str]
) -> bool:
    """Whether the first output always is the first input."""
    if not node.inputs or not node.inputs[0] or not node.outputs or not node.outputs[0]:
        return False
    source, target = node.inputs[0], node.outputs[0]
    same_shape = source in shapes and shapes[source] == shapes.get(target)
    match node.op_type:
        case "Identity":
            return True
        case "Dropout":
            return not node.input(2) or not np.any(constants.get(node.input(2), True))
        case "Cast" | "CastLike":
            kinds = types.get(source), types.get(target)
            return kinds[0] is not None and (kinds[0] == kinds[1] or FLOATS.issuperset(kinds))
        case "Transpose":
            rank = len(shapes.get(source, (1, 1)))
            return list(node.attributes.get("perm", reversed(range(rank)))) == list(range(rank))
        case "Slice":
            steps = constants.get(node.input(4)) if node.input(4) else np.ones(1)
            return same_shape and steps is not None and bool(np.all(steps > 0))
        case "Pad":
            pads = constants.get(node.input(1))
            return same_shape and pads is not None and not np.any(pads)
        case "Split":
            return same_shape
        case "Clip":
            return not node.input(1) and not node.input(2)
    return (node.op_type in IF_SAME_SHAPE and same_shape) or (node.op_type in IF_ONE_INPUT and len(node.inputs) == 1)
