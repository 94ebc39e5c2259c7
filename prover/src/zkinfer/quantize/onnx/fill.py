"""The pairs that onnxruntime's quantiser leaves out: every float tensor is a DequantizeLinear of a QuantizeLinear."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any

import numpy as np

from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.ranges import Ranges

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

QUANTIZE, DEQUANTIZE = "QuantizeLinear", "DequantizeLinear"


def unpaired(network: Network) -> Iterator[str]:
    """Yield the float tensors that some node but QuantizeLinear reads, or the caller, and no DequantizeLinear gives."""
    computed = {name for node in network.nodes if node.op_type != DEQUANTIZE for name in node.output}
    computed |= {value.name for value in network.model.graph.input}
    read = {name for node in network.nodes if node.op_type != QUANTIZE for name in node.input} | set(network.outputs)
    yield from (name for name in network.shapes if name in network.floats and name in computed and name in read)


def fill_pairs(model: ModelProto, ranges: Ranges, wide: set[str], left: Set[str] = frozenset()) -> None:
    """Put a pair behind every float tensor of a model that has none; ranges: those of the float model, by name.

    left: tensors that stay as they are.
    """
    network = Network(model)
    for name in [name for name in unpaired(network) if name not in left]:
        _insert(network, name, ranges, wide)


def _insert(network: Network, name: str, ranges: Ranges, wide: set[str]) -> None:
    from onnx import helper

    scale, zero_point = _parameters(network, name, ranges[name].range_value, wide)
    codes, values = f"{name}_QuantizeLinear_Output", f"{name}_DequantizeLinear_Output"
    given = name
    if name in network.outputs:
        given, values = f"{name}_float", name
        _rename_output(network, name, given)
    pair = [
        helper.make_node(QUANTIZE, [given, scale, zero_point], [codes], name=f"{name}_QuantizeLinear"),
        helper.make_node(DEQUANTIZE, [codes, scale, zero_point], [values], name=f"{name}_DequantizeLinear"),
    ]
    network.insert_after(given, pair, values)


def _parameters(network: Network, name: str, found: tuple[Any, Any], wide: set[str]) -> tuple[str, str]:
    """Constants for the scale and the zero point of a range, by onnxruntime's formula."""
    from onnxruntime.quantization.quant_utils import (  # type: ignore[import-untyped]  # ships no types
        QuantType,
        compute_scale_zp,
        get_qmin_qmax_for_qType,
    )

    kind = QuantType.QInt16 if name in wide else QuantType.QInt8
    least, most = get_qmin_qmax_for_qType(kind.tensor_type)
    zero_point, scale = compute_scale_zp(np.float32(found[0]), np.float32(found[1]), least, most, False, None)
    dtype = np.int16 if name in wide else np.int8
    return (
        network.add_constant(f"{name}_scale", np.array(scale, dtype=np.float32).reshape(())),
        network.add_constant(f"{name}_zero_point", np.array(zero_point, dtype=dtype).reshape(())),
    )


def _rename_output(network: Network, name: str, given: str) -> None:
    node: NodeProto = network.producer[name]
    node.output[list(node.output).index(name)] = given
