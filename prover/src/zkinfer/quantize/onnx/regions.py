"""Groups of nodes that compute one tensor from one other tensor: what a pattern of small operators may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.runtime import run_model

if TYPE_CHECKING:
    from onnx import NodeProto

# fmt: off
UNARY = frozenset((
    "Abs", "Ceil", "Clip", "Cos", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log",
    "Mish", "Neg", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt",
    "Swish", "Tanh", "ThresholdedRelu",
))
# fmt: on
BINARY = frozenset(("Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"))
ELEMENTWISE = UNARY | BINARY
"""Operators that compute an entry from the entries at the same place, up to broadcasting."""
REDUCTIONS = frozenset(("ReduceL2", "ReduceMax", "ReduceMean", "ReduceSum", "ReduceSumSquare"))
SHAPING = frozenset(("Expand", "Reshape", "Squeeze", "Unsqueeze"))
"""What stands between a reduction and what reads it; entries keep their order."""
LONGEST = 40
"""Nodes of a region: the longest pattern in use, a layer normalization written out, has 17."""


@dataclass(frozen=True)
class Region:
    """The nodes between `source`, the one tensor that is no constant and comes from outside, and `target`."""

    source: str
    target: str
    nodes: tuple[NodeProto, ...]

    def has(self, operators: Set[str]) -> bool:
        """Whether some node is one of these operators."""
        return any(node.op_type in operators for node in self.nodes)


def regions_before(network: Network, last: NodeProto, operators: Set[str]) -> Iterator[Region]:
    """Yield the regions of two nodes or more that end with `last`, the smallest first, all of these operators.

    Walks back, always over the tensor that is computed last: when one tensor is left, all paths go through it. Only
    regions from float to float of one shape.
    """
    target = last.output[0]
    if last.op_type not in operators or target not in network.floats:
        return
    taken, open_tensors = [last], set(network.computed(last))
    while open_tensors and len(taken) <= LONGEST:
        if len(open_tensors) == 1 and len(taken) > 1:
            source = next(iter(open_tensors))
            shape = network.shapes.get(source)
            if source in network.floats and shape is not None and shape == network.shapes.get(target):
                yield Region(source, target, tuple(reversed(taken)))
        latest = max(open_tensors, key=lambda name: network.place.get(name, -1))
        node = network.producer.get(latest)
        if node is None or node.op_type not in operators or latest in network.outputs:
            return
        open_tensors.remove(latest)
        open_tensors.update(network.computed(node))
        taken.append(node)


def evaluator(network: Network, region: Region) -> Callable[[Array], Array]:
    """Return the function that a region computes, in float32; its argument may have any shape that its nodes take."""
    from onnx import TensorProto, helper, numpy_helper

    read = {name for node in region.nodes for name in node.input}
    weights = [numpy_helper.from_array(network.constants[name], name) for name in read if name in network.constants]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (region.source, region.target)]
    graph = helper.make_graph(list(region.nodes), "region", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=network.model.opset_import, ir_version=network.model.ir_version)
    run = run_model(model)
    return lambda x: run({region.source: x.astype(np.float32)})[0].astype(np.float64)
