"""An ONNX graph that is being rewritten: who gives a tensor, its shape, its constant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.graph.graph import Array, Shape

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto


class Network:
    """A model, and indices over its nodes, which stand in topological order; each change keeps both true.

    shapes: of the tensors that the model knows a shape of, in numbers; floats: the tensors of float32.
    """

    def __init__(self, model: ModelProto) -> None:
        from onnx import TensorProto, numpy_helper

        self.model = model
        self.constants: dict[str, Array] = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        self.shapes: dict[str, Shape] = {name: array.shape for name, array in self.constants.items()}
        self.floats = {name for name, array in self.constants.items() if array.dtype == np.float32}
        for value in (*model.graph.input, *model.graph.value_info, *model.graph.output):
            tensor = value.type.tensor_type
            if tensor.HasField("shape") and all(dim.HasField("dim_value") for dim in tensor.shape.dim):
                self.shapes[value.name] = tuple(dim.dim_value for dim in tensor.shape.dim)
            if tensor.elem_type == TensorProto.FLOAT:
                self.floats.add(value.name)
        self.inputs = tuple(value.name for value in model.graph.input)
        self.outputs = tuple(value.name for value in model.graph.output)
        self.producer: dict[str, NodeProto] = {}
        self.place: dict[str, int] = {}
        self._index()

    def _index(self) -> None:
        self.producer = {name: node for node in self.nodes for name in node.output}
        self.place = {name: place for place, node in enumerate(self.nodes) for name in node.output}

    @property
    def nodes(self) -> Sequence[NodeProto]:
        """The nodes in topological order."""
        nodes: Sequence[NodeProto] = self.model.graph.node
        return nodes

    def computed(self, node: NodeProto) -> list[str]:
        """The inputs of a node that are no constants, each once."""
        return list(dict.fromkeys(name for name in node.input if name and name not in self.constants))

    def constants_of(self, nodes: Iterable[NodeProto]) -> list[Array]:
        """The constants that nodes read."""
        return [self.constants[name] for node in nodes for name in node.input if name in self.constants]

    def add_constant(self, name: str, array: Array) -> str:
        """Add a constant of this name, or of one like it that is free; return the name it got."""
        from onnx import numpy_helper

        free, k = name, 1
        while free in self.shapes or free in self.producer:
            free, k = f"{name}_{k}", k + 1
        self.model.graph.initializer.append(numpy_helper.from_array(_contiguous(array), free))
        self.constants[free], self.shapes[free] = array, array.shape
        if array.dtype == np.float32:
            self.floats.add(free)
        return free

    def set_constant(self, name: str, array: Array) -> None:
        """Give a constant another value."""
        from onnx import numpy_helper

        tensor = next(tensor for tensor in self.model.graph.initializer if tensor.name == name)
        tensor.CopyFrom(numpy_helper.from_array(_contiguous(array), name))
        self.constants[name], self.shapes[name] = array, array.shape

    def replace(self, last: NodeProto, new: Sequence[NodeProto]) -> None:
        """Put new nodes where `last` stands; they give what it gave. Nodes that nobody reads any more go."""
        nodes: list[NodeProto] = []
        for node in self.nodes:
            nodes.extend(new if node is last else [node])
        needed = set(self.outputs)
        live: list[NodeProto] = []
        for node in reversed(nodes):
            if needed.intersection(node.output):
                live.append(node)
                needed.update(node.input)
        self._set_nodes(live[::-1])

    def insert_after(self, tensor: str, new: Sequence[NodeProto], instead: str) -> None:
        """Put nodes behind the one that gives a tensor, first for an input; all others read `instead` from now on."""
        for node in self.nodes:
            for k, name in enumerate(node.input):
                if name == tensor:
                    node.input[k] = instead
        place = self.place.get(tensor, -1) + 1
        self._set_nodes([*self.nodes[:place], *new, *self.nodes[place:]])

    def _set_nodes(self, nodes: Sequence[NodeProto]) -> None:
        copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
        del self.model.graph.node[:]
        self.model.graph.node.extend(copies)
        self._index()


def _contiguous(array: Array) -> Array:
    """The array in rows; numpy's function of this name gives a number an axis."""
    return np.ascontiguousarray(array).reshape(array.shape)
