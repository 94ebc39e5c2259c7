"""Graph: a network as named operators between named tensors, and its law.

Tensors are channels last (height, width, channels) without a batch axis. A Graph that exists obeys the law: names
chain, shapes and weights agree. The numbers may be floats (a model as read) or integers (a model to prove).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zkinfer.graph.convolution import Convolution
from zkinfer.graph.flatten import Flatten
from zkinfer.graph.fully_connected import FullyConnected
from zkinfer.graph.max_pool import MaxPool
from zkinfer.graph.normalize import Normalize
from zkinfer.graph.operator import Array, Operator, Shape, show
from zkinfer.graph.relu import Relu
from zkinfer_verify.errors import UsageError

__all__ = [
    "Array",
    "Convolution",
    "Flatten",
    "FullyConnected",
    "Graph",
    "MaxPool",
    "Node",
    "Normalize",
    "Operator",
    "Relu",
    "Shape",
    "sequential",
    "show",
]


@dataclass(frozen=True)
class Node:
    """An operator in its place: reads the tensors `inputs`, writes the tensor `output`."""

    name: str
    op: Operator
    inputs: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Graph:
    """Nodes in topological order, from the tensor `input` to the tensor `output`."""

    input: str
    input_shape: Shape
    nodes: tuple[Node, ...]
    output: str

    def __post_init__(self) -> None:
        self.shapes()

    def shapes(self) -> dict[str, Shape]:
        """The shape of every tensor by name, in order of computation.

        Errors: UsageError that names the layer, where a name does not chain or a shape, weight or bias does not fit.
        """
        if not self.input_shape or min(self.input_shape) < 1:
            raise UsageError(f"The input's shape {show(self.input_shape)} has no entries; give each axis at least 1.")
        if not self.nodes:
            raise UsageError("The network has no layers; give it at least one.")
        shapes = {self.input: self.input_shape}
        names: set[str] = set()
        for node in self.nodes:
            where = f"Layer {node.name} ({node.op.layer_type})"
            if node.name in names:
                raise UsageError(f"{where}: another layer has this name; names must differ.")
            if len(node.inputs) != 1:
                raise UsageError(f"{where}: takes one input, but names {len(node.inputs)}.")
            if node.inputs[0] not in shapes:
                raise UsageError(f"{where}: its input {node.inputs[0]!r} is not computed before it; sort the layers.")
            if node.output in shapes:
                raise UsageError(f"{where}: the tensor {node.output!r} exists already; outputs need new names.")
            names.add(node.name)
            shapes[node.output] = node.op.output_shape(shapes[node.inputs[0]], where)
        if self.output not in shapes or self.output == self.input:
            raise UsageError(f"No layer computes the network's output {self.output!r}; name a layer's output.")
        return shapes


def sequential(input_shape: Sequence[int], ops: Sequence[Operator]) -> Graph:
    """A chain of operators, named by kind and count: conv1, max_pool1, relu1, conv2, ..

    The network's input tensor is called "input", each other tensor after the layer that computes it.
    """
    nodes: list[Node] = []
    count: Counter[str] = Counter()
    tensor = "input"
    for op in ops:
        count[op.short_name] += 1
        name = f"{op.short_name}{count[op.short_name]}"
        nodes.append(Node(name, op, (tensor,), name))
        tensor = name
    return Graph("input", tuple(int(size) for size in input_shape), tuple(nodes), tensor)
