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

LINEAR = frozenset(("Conv", "ConvTranspose", "Gemm", "MatMul"))
LONGEST_SHIFT = 16
"""From a sum to its result. A channel whose weights need a longer one adds under 2^-16 of a code for each step."""


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
    linear = [node for node in network.nodes if node.op_type in LINEAR and _has_weights(network, node)]
    for node in linear:
        _raise_weights(network, node, floats)
    for node in linear:
        if len(node.input) > 2:
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


def _has_weights(network: Network, node: NodeProto) -> bool:
    weights = network.producer.get(node.input[1])
    return weights is not None and weights.input[0] in network.constants


def _raise_weights(network: Network, node: NodeProto, floats: Mapping[str, Array]) -> None:
    """Raise scales that are too small: for the shift to the result's scale, and for a bias of 32 bits."""
    x, weights = (network.producer[name] for name in node.input[:2])
    x_scale, given = (network.constants[part.input[1]].astype(np.float64) for part in (x, weights))
    scale = given
    for reader in network.nodes:
        if reader.op_type == "QuantizeLinear" and reader.input[0] == node.output[0]:
            scale = np.maximum(scale, network.constants[reader.input[1]] / x_scale * 2.0**-LONGEST_SHIFT)
    if len(node.input) > 2:
        bias = np.abs(_original(network.producer[node.input[2]], floats))
        least = bias / (x_scale * np.iinfo(np.int32).max)
        scale = np.maximum(scale, np.exp2(np.ceil(np.log2(np.maximum(least, np.finfo(np.float32).tiny)))))
    if scale.shape != given.shape:  # one scale for all channels
        scale = np.full(given.shape, scale.max())
    if not np.array_equal(scale, given):
        network.set_constant(weights.input[1], scale.astype(np.float32))
        _store(network, weights, _original(weights, floats), network.constants[weights.input[0]].dtype)


def _round_bias(network: Network, node: NodeProto, floats: Mapping[str, Array]) -> None:
    """Round a bias anew: it is added to a sum of products, and its scale is the product of theirs."""
    x, weights, bias = (network.producer[name] for name in node.input[:3])
    scale = network.constants[x.input[1]] * network.constants[weights.input[1]]
    scale = np.broadcast_to(scale, network.constants[bias.input[1]].shape).astype(np.float32)
    network.set_constant(bias.input[1], scale)
    _store(network, bias, _original(bias, floats), np.dtype(np.int32))


def _original(node: NodeProto, floats: Mapping[str, Array]) -> Array:
    """The float constant that a DequantizeLinear stands for."""
    name = node.output[0].removesuffix("_DequantizeLinear_Output")
    if name not in floats:
        raise InternalError(f"DequantizeLinear {node.name}: no constant of the float model is called {name!r}.")
    return floats[name]
