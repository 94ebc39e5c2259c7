"""Operators that an exporter wrote out as several are put back: a group of nodes is what it computes.

No pattern is matched node by node, since every exporter writes another: a region is evaluated on chosen inputs, and an
operator that gives the same takes its place. One table of Gelu is exact where eight rounded steps are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.known import known_unary
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.normalizations import known_normalization
from zkinfer.quantize.onnx.regions import ELEMENTWISE, REDUCTIONS, SHAPING, Region, evaluator, regions_before

if TYPE_CHECKING:
    from onnx import NodeProto

ENDS = frozenset(("Add", "Div", "Mul", "Sub"))
"""How a normalization that is written out ends."""


def recognise(network: Network) -> int:
    """Put operators in the place of the nodes that spell them out; return how many were put."""
    found = 0
    for output in [node.output[0] for node in reversed(network.nodes)]:
        node = network.producer.get(output)
        if node is None:  # it went with one behind it
            continue
        new = _unary(network, node) or _normalization(network, node)
        if new:
            network.replace(node, new)
            found += 1
    return found


def _unary(network: Network, last: NodeProto) -> Sequence[NodeProto]:
    from onnx import helper

    for region in reversed(list(regions_before(network, last, ELEMENTWISE))):
        if any(array.size != 1 for array in network.constants_of(region.nodes)):
            continue
        known = known_unary(partial(_on_line, network, region))
        if known is not None:
            node = helper.make_node(known.op_type, [region.source], [region.target], name=region.target)
            node.attribute.extend(helper.make_attribute(name, value) for name, value in known.attributes.items())
            return [node]
    return []


def _on_line(network: Network, region: Region, x: Array) -> Array:
    """The region's function of each number, on a tensor of as many axes as the constants may have."""
    axes = max(1, len(network.shapes[region.source]))
    return evaluator(network, region)(x.reshape((1,) * (axes - 1) + (-1,))).reshape(-1)


def _normalization(network: Network, last: NodeProto) -> Sequence[NodeProto]:
    if last.op_type not in ENDS:
        return []
    for region in reversed(list(regions_before(network, last, ELEMENTWISE | REDUCTIONS | SHAPING))):
        if region.has(REDUCTIONS):
            constants = network.constants_of(region.nodes)
            floats = [array.astype(np.float64) for array in constants if array.dtype == np.float32]
            known = known_normalization(evaluator(network, region), network.shapes[region.source], floats)
            if known is not None:
                return known.nodes(network, region.source, region.target)
    return []
