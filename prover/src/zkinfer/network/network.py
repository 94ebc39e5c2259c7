"""Network: integer operators between named integer tensors of any shape, and its law.

This is what an ONNX model means once its numbers are codes: integers v that stand for scale * v. A Network that exists
obeys the law: names chain, shapes fit, and every integer has a range that follows from the inputs' ranges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    them. epilogue: how an output is displayed. wider: the range that the model's own quantisation saturates at, where a
    narrower one has been chosen.
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
    wider: tuple[int, int] | None = None

    @property
    def saturation(self) -> tuple[int, int]:
        """What quantisation saturates at."""
        return self.wider or (self.lo, self.hi)

    @property
    def spec(self) -> Spec:
        """Shape and range of its tensor."""
        return Spec(self.shape, self.lo, self.hi)

    def holds(self, bounds: tuple[int, int] | None) -> bool:
        """Whether these are the bounds of a range within its own."""
        return bounds is not None and self.lo <= bounds[0] <= bounds[1] <= self.hi

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
            specs[port.tensor] = port.spec
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

    def within(self, input_range: tuple[int, int] | Mapping[str, tuple[int, int]] | None) -> Network:
        """Return the same network for hidden inputs of narrower ranges: one for all of them, or some by name.

        Errors: UsageError for a range that is not within an input's own, and for a name that no hidden input has.
        """
        if input_range is None:
            return self
        hidden = {port.name: port for port in self.inputs if not port.public}
        ranges = input_range if isinstance(input_range, Mapping) else dict.fromkeys(hidden, input_range)
        for name, (lo, hi) in ranges.items():
            if name not in hidden:
                raise UsageError(f"There is no hidden input {name!r}; there are {', '.join(map(repr, hidden))}.")
            own = hidden[name]
            if not own.holds((lo, hi)):
                raise UsageError(
                    f"Input {name!r} holds integers in {own.lo}..{own.hi}, and {lo}..{hi} is no range within it."
                )
        narrowed = (
            replace(port, lo=ranges[port.name][0], hi=ranges[port.name][1], wider=port.saturation)
            if port.name in ranges
            else port
            for port in self.inputs
        )
        return Network(tuple(narrowed), self.nodes, self.outputs)

    def pruned(self) -> Network:
        """Return the network without the nodes that no output depends on."""
        needed, kept = {port.tensor for port in self.outputs}, list[Node]()
        for node in reversed(self.nodes):
            if node.name in needed:
                needed.update(node.inputs)
                kept.append(node)
        return Network(self.inputs, tuple(reversed(kept)), self.outputs)
