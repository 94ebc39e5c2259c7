"""Scales as powers of two: a product of two of them over a third is one too, and a requantisation is a shift.

Each scale is rounded up, so that no value that fitted is cut off, and what is stored as integers is rounded anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.network import Network
from zkinfer_verify.errors import InternalError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

SLACK = 0.99
"""A scale this little above a power of two becomes it: a softmax has 1/255, which is 1/256 then, and 1.0 is 255/256."""


def round_scales(model: ModelProto, floats: Mapping[str, Array]) -> None:
    """Round every scale of a quantised model up to a power of two.

    floats: the constants of the float model by name, that weights and biases are rounded from once more.
    """
    network = Network(model)
    done: set[str] = set()
    pairs = [node for node in network.nodes if node.op_type == "DequantizeLinear"]
    for node in pairs:
        codes, scale = node.input[:2]
        if scale not in done and not _is_bias(network, node):
            done.add(scale)
            if codes in network.constants:
                _round_weights(network, node, _original(node, floats))
            else:
                _round_activation(network, node)
    for node in network.nodes:
        if len(node.input) > 2 and node.op_type in ("Conv", "ConvTranspose", "Gemm"):
            _round_bias(network, node, floats)


def power_of_two(scale: Array) -> Array:
    """The least power of two that is not below SLACK times a scale, entry by entry, in its type."""
    return np.exp2(np.ceil(np.log2(scale.astype(np.float64) * SLACK))).astype(scale.dtype)


def _is_bias(network: Network, node: NodeProto) -> bool:
    codes = network.constants.get(node.input[0])
    return codes is not None and codes.dtype == np.int32


def _round_activation(network: Network, node: NodeProto) -> None:
    scale, zero_point = (network.constants[name] for name in node.input[1:3])
    rounded, limits = power_of_two(scale), np.iinfo(zero_point.dtype)
    # The least value stays the least code's.
    moved = limits.min - (float(limits.min) - float(zero_point)) * float(scale) / float(rounded)
    network.set_constant(node.input[1], rounded)
    network.set_constant(node.input[2], np.array(np.clip(np.rint(moved), limits.min, limits.max), zero_point.dtype))


def _round_weights(network: Network, node: NodeProto, original: Array) -> None:
    codes, scale, zero_point = (network.constants[name] for name in node.input[:3])
    if np.any(zero_point):
        _round_activation(network, node)
    else:
        network.set_constant(node.input[1], power_of_two(scale))
    _store(network, node, original, codes.dtype)


def _store(network: Network, node: NodeProto, original: Array, dtype: np.dtype[Any]) -> None:
    """Write the codes of a constant anew, by the scale and zero point that it has now."""
    scale, zero_point = (_along(network.constants[name], node, original) for name in node.input[1:3])
    limits = np.iinfo(dtype)
    codes = np.rint(original.astype(np.float64) / scale) + zero_point
    network.set_constant(node.input[0], np.clip(codes, limits.min, limits.max).astype(dtype))


def _along(values: Array, node: NodeProto, original: Array) -> Array:
    """One value for each entry of an axis, with the axes that it broadcasts over."""
    if values.size == 1:
        return values.reshape(())
    axis = next((entry.i for entry in node.attribute if entry.name == "axis"), 1)
    shape = [1] * original.ndim
    shape[axis] = values.size
    return values.reshape(shape)


def _round_bias(network: Network, node: NodeProto, floats: Mapping[str, Array]) -> None:
    """A bias is added to a sum of products: its scale is the product of theirs, larger where 32 bits need it."""
    x, weights, bias = (network.producer[name] for name in node.input[:3])
    original = _original(bias, floats)
    x_scale, w_scale = (network.constants[part.input[1]] for part in (x, weights))
    limit = np.iinfo(np.int32).max
    while np.any(np.abs(original) / (x_scale.astype(np.float64) * w_scale) > limit):
        over = np.abs(original) / (x_scale.astype(np.float64) * w_scale) > limit
        w_scale = np.where(over, 2 * w_scale, w_scale) if w_scale.size > 1 else 2 * w_scale
        network.set_constant(weights.input[1], w_scale.astype(np.float32))
        _store(network, weights, _original(weights, floats), network.constants[weights.input[0]].dtype)
    scale = np.broadcast_to(x_scale * w_scale, network.constants[bias.input[1]].shape).astype(np.float32)
    network.set_constant(bias.input[1], scale)
    _store(network, bias, original, np.dtype(np.int32))


def _original(node: NodeProto, floats: Mapping[str, Array]) -> Array:
    """The float constant that a DequantizeLinear stands for."""
    name = node.output[0].removesuffix("_DequantizeLinear_Output")
    if name not in floats:
        raise InternalError(f"DequantizeLinear {node.name}: no constant of the float model is called {name!r}.")
    return floats[name]
