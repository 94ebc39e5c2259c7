"""Network: integer operators between named integer tensors of any shape, and its law.

This is what an ONNX model means once its numbers are codes: integers v that stand for scale * v. A Network that exists
obeys the law: names chain, shapes fit, and every integer has a range that follows from the inputs' ranges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zkinfer.graph.operator import Array, Shape, show
from zkinfer.network.operation import Integers, Operation, Record, Spec, ignore
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Port:
    """An input of the network, or an output: a tensor and what its integers stand for.

    A real number is scale * v, and the code of the model's own type is v + zero_point. quantised: whether the model
    takes or gives real numbers, and not the codes. lo, hi: the range of the integers. public: whether everyone sees
    them. epilogue: how an output is displayed.
    """

    name: str
    tensor: str
    shape: Shape
    lo: int
    hi: int
    scale: float
    zero_point: int = 0
    quantised: bool = False
    public: bool = False
    epilogue: str = "none"

    @property
    def offset(self) -> int:
        """What is added to the integers where the model itself gives or takes codes."""
        return 0 if self.quantised else self.zero_point


@dataclass(frozen=True)
class Node:
    """An operation in its place; its output tensor has the node's name."""

    name: str
    op: Operation
    inputs: tuple[str, ...]

    @property
    def where(self) -> str:
        """The node as messages name it."""
        return f"Node {self.name} ({self.op.kind})"


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes in topological order, from the inputs' tensors to the outputs' tensors."""

    inputs: tuple[Port, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Port, ...]

    def __post_init__(self) -> None:
        for port in self.outputs:
            if port.tensor not in self.specs:
                raise UsageError(f"Output {port.name!r} is the tensor {port.tensor!r}, which no node computes.")

    @cached_property
    def specs(self) -> dict[str, Spec]:
        """Shape and range of every tensor by name, in order of computation.

        Errors: UsageError naming the node where names do not chain or shapes do not fit.
        """
        specs: dict[str, Spec] = {}
        for port in self.inputs:
            if port.tensor in specs or port.lo > port.hi or min(port.shape, default=1) < 1:
                raise UsageError(f"Input {port.name!r} of shape {show(port.shape)} is there twice, or is empty.")
            specs[port.tensor] = Spec(port.shape, port.lo, port.hi)
        for node in self.nodes:
            for name in node.inputs:
                if name not in specs:
                    raise UsageError(f"{node.where}: its input {name!r} is not computed before it.")
            if node.name in specs:
                raise UsageError(f"{node.where}: the tensor {node.name!r} exists already.")
            specs[node.name] = node.op.spec([specs[name] for name in node.inputs], node.where)
        return specs

    def run(self, inputs: Mapping[str, Array], record: Record = ignore) -> dict[str, Integers]:
        """Compute every tensor by name; inputs: integers by tensor, in the ports' ranges.

        record takes what lowering commits beside the tensors, by "node.suffix". A tensor that nobody reads any more
        stays: the witness holds most of them anyway.
        """
        tensors = {name: np.asarray(values, dtype=np.int64) for name, values in inputs.items()}
        for node in self.nodes:

            def record_here(suffix: str, values: Integers, name: str = node.name) -> None:
                record(f"{name}.{suffix}", values)

            tensors[node.name] = node.op.execute([tensors[name] for name in node.inputs], record_here)
        return tensors
