"""Inference: what a network gives on an input, exactly, without proving anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zkinfer.execute import fast, plain
from zkinfer.graph.graph import Graph, Normalize
from zkinfer.graph.integers import input_to_integers, to_integers
from zkinfer.graph.operator import Array
from zkinfer.network.network import Network, Port
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.program import Model
from zkinfer.program.step import only_input
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True, eq=False)
class Output:
    """An output of a network on an input. integers: None for a chain of layers that holds other numbers; values: real
    numbers, what the integers stand for.
    """

    name: str
    integers: Array | None
    values: Array


def infer_model(model: Model, x: Any, *, use_plain: bool = False) -> tuple[Output, ...]:
    """Run a network on one input.

    x: an array, or arrays by the inputs' names; use_plain: run the plain loops that define each layer of a chain.
    Errors: UsageError for an input that does not fit.
    """
    if isinstance(model, Network):
        if use_plain:
            raise UsageError("Plain loops define the layers of .json models only; leave --plain out.")
        (inputs,) = NetworkProgram(model).read(x, 1)
        tensors = model.run(inputs)
        return tuple(_of_port(port, tensors[port.tensor]) for port in model.outputs)
    return (_of_chain(model, only_input(model.input, x), use_plain),)


def _of_port(port: Port, integers: Array) -> Output:
    values = port.scale * integers
    integers = integers + port.offset
    if port.epilogue == "l2_normalize":
        norm = float(np.sqrt((values * values).sum()))
        values = values / norm if norm else values * 0.0
    return Output(port.name, integers, values)


def _of_chain(graph: Graph, x: Any, use_plain: bool) -> Output:
    """Integers run exactly; a network of other numbers runs in floats."""
    try:
        graph, x = to_integers(graph), input_to_integers(x)
    except UsageError:
        x = np.asarray(x)
    tensors = plain.execute(graph, x) if use_plain else fast.execute(graph, x)
    last = next(node for node in graph.nodes if node.output == graph.output)
    exact = tensors[last.inputs[0] if isinstance(last.op, Normalize) else last.output]
    return Output(graph.output, exact if exact.dtype.kind in "iu" else None, tensors[graph.output])
