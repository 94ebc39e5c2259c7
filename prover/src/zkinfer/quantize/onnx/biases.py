"""Biases in the one form that onnxruntime's quantiser takes: a vector with an entry for each output channel."""

from __future__ import annotations

import numpy as np

from zkinfer.quantize.onnx.network import Network


def flatten_biases(network: Network) -> None:
    """Give every Gemm with a constant bias that bias as a vector, where it has one row."""
    for node in network.nodes:
        bias = network.constants.get(node.input[2]) if node.op_type == "Gemm" and len(node.input) > 2 else None
        columns = network.shapes[node.output[0]][-1] if node.output[0] in network.shapes else None
        if bias is not None and bias.ndim != 1 and columns is not None and bias.size in (1, columns):
            vector = np.broadcast_to(bias.reshape(-1), (columns,))
            node.input[2] = network.add_constant(f"{node.input[2]}.vector", vector)
