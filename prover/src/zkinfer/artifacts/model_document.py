"""A program's model as a JSON document and a list of arrays, and back: a chain of layers, or a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from zkinfer.graph.graph import (
    Array,
    Convolution,
    Flatten,
    FullyConnected,
    Graph,
    MaxPool,
    Node,
    Normalize,
    Operator,
    Relu,
)
from zkinfer.network.network import Network, Port
from zkinfer.network.network import Node as NetworkNode
from zkinfer.network.registry import OPERATIONS
from zkinfer.program.from_graph import program_of
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.program import Program
from zkinfer.program.step import Chain

Document = dict[str, Any]
TYPES = ("int8", "int16", "int32", "int64")
LAYERS: dict[str, type[Operator]] = {
    kind.layer_type: kind for kind in (Convolution, Flatten, FullyConnected, MaxPool, Normalize, Relu)
}


def describe(program: Program) -> tuple[Document, list[Array]]:
    """Return the document of a program's model, and the arrays that it names by type and shape, in order."""
    arrays: list[Array] = []
    model = program.model
    if isinstance(model, Network):
        nodes = [_describe_operation(node, arrays) for node in model.nodes]
        ports = {"inputs": list(map(asdict, model.inputs)), "outputs": list(map(asdict, model.outputs))}
        return {"form": "network", **ports, "nodes": nodes}, arrays
    assert isinstance(program, Chain)
    chain = {
        "form": "chain",
        "input": model.input,
        "input_shape": model.input_shape,
        "input_range": program.input_range,
        "output": model.output,
        "nodes": [_describe_layer(node, arrays) for node in model.nodes],
    }
    return chain, arrays


def array_entries(document: Document) -> list[Document]:
    """Return the entries that describe arrays, in order."""
    return [value for node in document["nodes"] for value in node["settings"].values() if isinstance(value, dict)]


def restore(document: Document, arrays: Iterator[Array]) -> Program:
    """Return the program of a document.

    Errors: any of what a wrong type, name or number in it leads to; UsageError for a network that breaks its law.
    """
    if document["form"] == "network":
        nodes = tuple(
            NetworkNode(entry["name"], OPERATIONS[entry["kind"]](**_settings(entry, arrays)), tuple(entry["inputs"]))
            for entry in document["nodes"]
        )
        inputs, outputs = (tuple(map(_port, document[side])) for side in ("inputs", "outputs"))
        return NetworkProgram(Network(inputs, nodes, outputs))
    if document["form"] != "chain":
        raise ValueError("neither a chain nor a network")
    layers = tuple(
        Node(
            entry["name"],
            LAYERS[entry["layer_type"]](**_settings(entry, arrays)),
            tuple(entry["inputs"]),
            entry["output"],
        )
        for entry in document["nodes"]
    )
    graph = Graph(document["input"], tuple(document["input_shape"]), layers, document["output"])
    low, high = document["input_range"]
    return program_of(graph, (low, high))


def _describe_layer(node: Node, arrays: list[Array]) -> Document:
    values = {field.name: getattr(node.op, field.name) for field in fields(node.op)}  # type: ignore[arg-type]  # every operator is a dataclass
    return {
        "name": node.name,
        "layer_type": node.op.layer_type,
        "inputs": node.inputs,
        "output": node.output,
        "settings": _described(values, arrays),
    }


def _describe_operation(node: NetworkNode, arrays: list[Array]) -> Document:
    settings, own = node.op.content()
    return {
        "name": node.name,
        "kind": node.op.kind,
        "inputs": node.inputs,
        "settings": _described({**settings, **own}, arrays),
    }


def _described(values: Mapping[str, Any], arrays: list[Array]) -> Document:
    """Return values for JSON; arrays are appended to the list, and described by type and shape."""
    settings: Document = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            stored = value if value.dtype.name in TYPES else value.astype(np.int64)
            arrays.append(stored)
            value = {"type": stored.dtype.name, "shape": stored.shape}
        settings[name] = value
    return settings


def _settings(entry: Document, arrays: Iterator[Array]) -> Document:
    return {
        name: next(arrays) if isinstance(value, dict) else _frozen(value) for name, value in entry["settings"].items()
    }


def _frozen(value: Any) -> Any:
    """Return what JSON holds, with tuples for lists."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _port(entry: Document) -> Port:
    port = Port(**{name: _frozen(value) for name, value in entry.items()})
    if not all(isinstance(size, int) for size in (*port.shape, port.lo, port.hi)):
        raise TypeError("a port's shape and range are integers")
    return port
