"""An ONNX file as plain values: nodes in order, constants as arrays, the shape of every tensor.

What the format allows and a proof does not need is gone: functions are inlined, dimensions are numbers, nodes that only
compute with constants are computed, nodes that change nothing are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zkinfer.graph.graph import Array, Shape
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class OnnxNode:
    """An operator in its place; inputs and outputs that are left out are empty names.

    op_type: with its domain in front unless that is the standard one: "Conv", "com.microsoft.QLinearAdd".
    attributes: numbers, texts, tuples of them, arrays; those that are absent take the operator's default.
    """

    name: str
    op_type: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The node as messages name it."""
        return f"Node {self.name} ({self.op_type})"

    def input(self, index: int) -> str:
        """The name of an input, empty if it is left out."""
        return self.inputs[index] if index < len(self.inputs) else ""


DISPLAY = "zkinfer.display"
"""The key in a file's metadata under which it names the outputs that are only displayed."""


@dataclass(frozen=True)
class OnnxModel:
    """A network of one hidden input or several, and its outputs.

    nodes: in an order in which they can be computed. inputs: those that a caller gives. outputs: the tensors, in
    the file's order, each given by a node, or a constant, or an input; output_names: what the file calls them.
    constants: by name. shapes, types: of every tensor that a node reads or gives, in numbers, with the batch axis,
    and as numpy names the type ("float32", "int8"); what depends on the data has no entry. opset: of the standard
    domain. notes: what was assumed in reading, as sentences. ranges: of the inputs that are integers. displayed:
    outputs of a last LpNormalization that is how the integers before it are displayed, as the file itself says;
    `zkinfer export` writes such files.
    """

    path: str
    opset: int
    nodes: tuple[OnnxNode, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    output_names: tuple[str, ...]
    constants: Mapping[str, Array]
    shapes: Mapping[str, Shape]
    types: Mapping[str, str]
    notes: tuple[str, ...] = ()
    displayed: frozenset[str] = frozenset()
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def constant(self, node: OnnxNode, index: int, what: str) -> Array:
        """The constant that a node takes as an input.

        Errors: Unsupported where the network computes it.
        """
        name = node.input(index)
        if name not in self.constants:
            raise Unsupported(node, f"its {what} are computed by the network", "export it with constant ones")
        return self.constants[name]

    def shape(self, node: OnnxNode, name: str) -> Shape:
        """The shape of a tensor that a node reads or gives.

        Errors: Unsupported where it depends on the data.
        """
        if name not in self.shapes:
            raise Unsupported(node, f"the shape of {name!r} is not known before it is computed", "export fixed shapes")
        return self.shapes[name]

    def type(self, node: OnnxNode, name: str) -> str:
        """What numpy calls the type of a tensor that a node reads or gives.

        Errors: Unsupported where it is not known.
        """
        if name not in self.types:
            raise Unsupported(node, f"the type of {name!r} is not known", "replace the operator that gives it")
        return self.types[name]


class Unsupported(UsageError):
    """A node that cannot be proved: which one, why not, and what to do about it."""

    def __init__(self, node: OnnxNode, reason: str, remedy: str) -> None:
        super().__init__(f"{node.where}: {reason}; {remedy}.")
        self.node, self.reason, self.remedy = node, reason, remedy

    @classmethod
    def of(cls, node: OnnxNode, error: UsageError) -> Unsupported:
        """Return what an operation of the node says, "Node n (kind): reason; remedy.", as its problem."""
        text = re.sub(r"^Node .*? \(\w+\): ", "", str(error)).rstrip(".")
        reason, _, remedy = text.rpartition("; ")
        return cls(node, reason or text, remedy if reason else "change the model there")
