"""From node to node in the file's order: names are resolved, shapes inferred, constants computed, branches chosen."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from onnx import AttributeProto, GraphProto, NodeProto, helper, numpy_helper

from zkinfer.frontend.onnx.claims import require_size
from zkinfer.frontend.onnx.contrib import is_standard
from zkinfer.frontend.onnx.fold import Folder
from zkinfer.frontend.onnx.infer import Rules, Values, infer, shape_of
from zkinfer.frontend.onnx.model import OnnxNode
from zkinfer.frontend.onnx.order import in_order
from zkinfer.frontend.onnx.parse import refused
from zkinfer.graph.graph import Array
from zkinfer_verify.errors import UsageError

Scope = ChainMap[str, str]
"""What stands for each of the file's names that are visible at a place; a branch's own names stand in the first map."""


class Walk:
    """What is left of the nodes that were walked, and what is known of all values."""

    def __init__(self, path: Path, rules: Rules, values: Values) -> None:
        self.path, self.rules, self.values = path, rules, values
        self.nodes: list[OnnxNode] = []
        self.walked = 0
        self._folder = Folder(rules, values)
        self._names: set[str] = set()

    def through(self, graph: GraphProto, scope: Scope, prefix: str = "") -> None:
        """Walk the nodes of a graph; the prefix tells the names of a branch from those around it.

        Errors: UsageError that names the file and the node.
        """
        later = {name for node in graph.node for name in node.output}
        for number, proto in enumerate(in_order(graph.node), 1):
            self.walked += 1
            name = self._named(f"{prefix}{proto.name or f'#{number}'}", number)
            where = f"{self.path}: node {name} ({_operator(proto)})"
            node = self._placed(proto, scope, prefix, later, where)
            branch = self._branch(node)
            if branch is not None:
                self._enter(node, branch, scope.new_child(), f"{name}.", where)
            else:
                self._step(node, name, where)

    def _named(self, name: str, number: int) -> str:
        """A name that no other node has: ONNX does not ask for that."""
        while name in self._names:
            name = f"{name}#{number}"
        self._names.add(name)
        return name

    def _placed(self, proto: NodeProto, scope: Scope, prefix: str, later: set[str], where: str) -> NodeProto:
        """The node with the names that stand for the file's."""
        node = NodeProto()
        node.CopyFrom(proto)
        node.domain = "" if is_standard(node) else node.domain
        for k, name in enumerate(node.input):
            if name and name not in scope:
                if name in later:
                    raise UsageError(f"{where} reads {name!r}, which a cycle of nodes computes; export it without one.")
                raise UsageError(
                    f"{where} reads {name!r}, which is no input, no constant and no node's output; export it again."
                )
            node.input[k] = scope[name] if name else ""
        for k, name in enumerate(node.output):
            if name and name in scope.maps[0]:
                raise UsageError(f"{where} gives {name!r}, which is there already; each name is given once.")
            if name:
                scope[name] = node.output[k] = prefix + name
        return node

    def _step(self, node: NodeProto, name: str, where: str) -> None:
        """Infer, and compute or keep, one node."""
        if node.op_type == "Constant" and not node.domain:
            with refused(where, "its value cannot be read"):
                self.values.add_constant(node.output[0], _constant(node))
            return
        if not any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
            with refused(where, "it does not fit what it reads"):
                self.values.types.update(infer(node, self.values, self.rules))
        for output in node.output:
            shape = shape_of(self.values.types[output]) if output in self.values.types else None
            if shape is not None:
                require_size(shape, f"{where}: its output {output!r}")
        computed = self._folder.fold(node)
        if computed is not None:
            with refused(where, "what it computes is no tensor"):
                for output, array in computed.items():
                    self.values.add_constant(output, array)
            return
        attributes = {entry.name: _attribute(entry) for entry in node.attribute}
        self.nodes.append(OnnxNode(name, _operator(node), tuple(node.input), tuple(node.output), attributes))

    def _branch(self, node: NodeProto) -> GraphProto | None:
        """The branch of an If whose condition is known."""
        if node.op_type != "If" or node.domain or len(node.input) != 1 or node.input[0] not in self.values.constants:
            return None
        condition = self.values.constants[node.input[0]]
        if condition.size != 1:
            return None
        taken = "then_branch" if condition.item() else "else_branch"
        return next((entry.g for entry in node.attribute if entry.name == taken and entry.HasField("g")), None)

    def _enter(self, node: NodeProto, branch: GraphProto, scope: Scope, prefix: str, where: str) -> None:
        """Walk a branch in place of its node."""
        if len(branch.output) != len(node.output):
            raise UsageError(f"{where} has {len(node.output)} outputs, its branch {len(branch.output)}; export again.")
        for tensor in branch.initializer:
            scope[tensor.name] = prefix + tensor.name
            self.values.add_constant(prefix + tensor.name, numpy_helper.to_array(tensor))
        self.through(branch, scope, prefix)
        for value, output in zip(branch.output, node.output, strict=True):
            if value.name not in scope:
                raise UsageError(f"{where}: its branch does not compute its output {value.name!r}; export it again.")
            self._alias(scope[value.name], output)

    def _alias(self, given: str, name: str) -> None:
        """Let a branch's value be known under its node's output too."""
        if given in self.values.constants:
            self.values.add_constant(name, self.values.constants[given])
            return
        if given in self.values.types:
            self.values.types[name] = self.values.types[given]
        self.nodes.append(OnnxNode(self._named(name, self.walked), "Identity", (given,), (name,)))


def _operator(node: NodeProto) -> str:
    return f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type


def _constant(node: NodeProto) -> Array:
    """The value of a Constant, in whichever of its forms."""
    for entry in node.attribute:
        value = helper.get_attribute_value(entry)
        match entry.name:
            case "value":
                return numpy_helper.to_array(value)
            case "value_float" | "value_floats":
                return np.array(value, dtype=np.float32)
            case "value_int" | "value_ints":
                return np.array(value, dtype=np.int64)
            case "value_string" | "value_strings":
                return np.array(value, dtype=object)
    raise ValueError("it has no value that is read")


def _attribute(entry: AttributeProto) -> Any:
    """Bytes as text, repeated fields as tuples, tensors as arrays; a graph is its name."""
    if entry.type == AttributeProto.TENSOR:
        return numpy_helper.to_array(entry.t)
    if entry.type == AttributeProto.GRAPH:
        return entry.g.name
    value = helper.get_attribute_value(entry)
    return tuple(map(_plain, value)) if isinstance(value, Iterable) and not isinstance(value, bytes) else _plain(value)


def _plain(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
