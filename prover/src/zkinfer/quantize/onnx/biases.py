"""Products with biases in the one form that is quantised without a step between: Gemm with a vector of its own biases.

Add(MatMul(x, W), b) = Reshape(Gemm(Reshape(x, [-1, K]), W, b), [.., N])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.quantize.onnx.network import Network

if TYPE_CHECKING:
    from onnx import NodeProto

BIASED = frozenset(("Conv", "ConvTranspose", "Gemm"))


def join_biases(network: Network) -> None:
    """Make a Gemm of each product with constant weights and a constant vector added; flatten the biases of others."""
    for output in [node.output[0] for node in network.nodes if node.op_type == "Add"]:
        node = network.producer[output]
        new = _joined(network, node)
        if new:
            network.replace(node, new)
    for node in network.nodes:
        if node.op_type == "Gemm" and len(node.input) > 2:
            _flatten(network, node)
    _own_biases(network)


def _joined(network: Network, add: NodeProto) -> Sequence[NodeProto]:
    from onnx import helper

    biases = [name for name in add.input if name in network.constants]
    product = next((network.producer.get(name) for name in add.input if name not in network.constants), None)
    if not biases or product is None or product.op_type != "MatMul" or _readers(network)[product.output[0]] != 1:
        return []
    x, weights = product.input
    matrix, bias = network.constants.get(weights), network.constants[biases[0]]
    rows, shape = network.shapes.get(x, ()), network.shapes.get(add.output[0], ())
    if matrix is None or matrix.ndim != 2 or len(rows) < 2 or shape != (*rows[:-1], matrix.shape[1]):
        return []
    if not bias.size == bias.shape[-1] == shape[-1]:
        return []
    name = add.output[0]
    vector = network.add_constant(f"{biases[0]}.vector", bias.reshape(-1))
    if len(rows) == 2:
        return [helper.make_node("Gemm", [x, weights, vector], [name], name=name)]
    flat = network.add_constant(f"{name}.rows", np.array([-1, rows[-1]]))
    full = network.add_constant(f"{name}.shape", np.array(shape))
    return [
        helper.make_node("Reshape", [x, flat], [f"{name}.flat"], name=f"{name}.flat"),
        helper.make_node("Gemm", [f"{name}.flat", weights, vector], [f"{name}.sums"], name=f"{name}.sums"),
        helper.make_node("Reshape", [f"{name}.sums", full], [name], name=name),
    ]


def _own_biases(network: Network) -> None:
    """Give each product a bias of its own: its scale will be that of the product, which another one does not have."""
    readers = _readers(network)
    for node in network.nodes:
        if node.op_type in BIASED and len(node.input) > 2 and readers[node.input[2]] > 1:
            bias = network.constants.get(node.input[2])
            if bias is not None:
                node.input[2] = network.add_constant(f"{node.input[2]}.own", bias)


def _readers(network: Network) -> Counter[str]:
    """How many nodes read each tensor, the caller among them."""
    return Counter([name for node in network.nodes for name in node.input] + list(network.outputs))


def _flatten(network: Network, gemm: NodeProto) -> None:
    bias, shape = network.constants.get(gemm.input[2]), network.shapes.get(gemm.output[0])
    if bias is not None and shape is not None and bias.ndim != 1 and bias.size in (1, shape[-1]):
        vector = np.broadcast_to(bias.reshape(-1), shape[-1:])
        gemm.input[2] = network.add_constant(f"{gemm.input[2]}.vector", vector)
