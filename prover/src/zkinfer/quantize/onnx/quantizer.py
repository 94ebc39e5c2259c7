"""From a float ONNX model to one whose tensors are quantised, every one of them, by onnxruntime's quantiser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.frontend.onnx.integer_inputs import Range
from zkinfer.quantize.onnx.fill import fill_pairs
from zkinfer.quantize.onnx.integers import declare, integer_ranges, require_within
from zkinfer.quantize.onnx.masks import Masks, bound_masks, tighten
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.powers_of_two import round_scales
from zkinfer.quantize.onnx.prepare import finish, prepare
from zkinfer.quantize.onnx.ranges import Ranges, Sample, collect_ranges
from zkinfer.quantize.onnx.runtime import quietly, run_model
from zkinfer.quantize.onnx.settings import Settings, constant_operands, tensors_of_16_bits
from zkinfer_verify.errors import InternalError, UsageError

if TYPE_CHECKING:
    from onnx import ModelProto

LEFT_OUT = frozenset(
    (
        "AveragePool",
        "BatchNormalization",
        "Cast",
        "DequantizeLinear",
        "InstanceNormalization",
        "LayerNormalization",
        "Pow",
        "QuantizeLinear",
    )
)
"""Operators that onnxruntime's quantiser is not asked for: the normalizations' scale and bias stay exact, and so do
exponents: x^2.0000001 has no value below zero. Means get a scale of their own: on that of their input, which it would
give them, many are ties, and float32 breaks those at random."""
QUANTISED = ("QuantizeLinear", "QLinear", "Integer")
"""Parts of the names of operators that only quantised models have."""
TOLERANCE = 1e-2
"""Of the prepared model against the given one, in parts of the largest output: float32 in another order."""


@dataclass(frozen=True)
class Quantised:
    """The float model as it was prepared, and its quantised form."""

    prepared: ModelProto
    quantised: ModelProto


def quantize_onnx(
    model: ModelProto, samples: Sequence[Sample], settings: Settings, integers: Mapping[str, Range] | None = None
) -> Quantised:
    """Return the quantised form of a float model whose inputs have a number for every dimension.

    samples: calibration data, at least one. integers: what inputs of integers may hold, where neither their type nor a
    table that they index tells. Every float tensor that a node of the result reads is a DequantizeLinear of a
    QuantizeLinear, or a constant, or a mask of attention, or scores with a mask: weights are DequantizeLinear of int8,
    biases of int32.
    Errors: UsageError for a model that is quantised already or not of float32, and for samples out of range; what onnx
    and onnxruntime raise for one that they refuse.
    """
    _require_float(model)
    network = Network(prepare(_copy(model)))
    masks = bound_masks(network)
    prepared = finish(network)
    _, declared = integer_ranges(model, integers or {})
    held, _ = integer_ranges(prepared, declared)
    require_within(samples, held)
    _require_same(model, prepared, samples[0])
    ranges = collect_ranges(prepared, samples, settings.method)
    network = Network(prepared)
    tighten(network, masks, ranges)
    wide = tensors_of_16_bits(network, settings.preset, masks.scores)
    quantised = _by_onnxruntime(prepared, ranges, wide | constant_operands(network), masks, settings)
    fill_pairs(quantised, ranges, wide, masks.tensors)
    if settings.power_of_two:
        round_scales(quantised, network.constants)
    declare(quantised, declared)
    return Quantised(prepared, quantised)


def _require_float(model: ModelProto) -> None:
    """Errors: UsageError for a model that is quantised already, is in training, or computes in another type."""
    from onnx import TensorProto, numpy_helper

    constants = [tensor for tensor in model.graph.initializer if tensor.data_type == TensorProto.BOOL]
    true = {tensor.name for tensor in constants if numpy_helper.to_array(tensor).all()}
    for node in model.graph.node:
        training = any(entry.name == "training_mode" and entry.i for entry in node.attribute)
        if training or (node.op_type == "Dropout" and true.intersection(node.input[2:3])):
            raise UsageError(
                f"Node {node.name} ({node.op_type}): it computes as in training; export the model for inference, by "
                "model.eval() in PyTorch."
            )
        if any(part in node.op_type for part in QUANTISED):
            raise UsageError(
                f"Node {node.name} ({node.op_type}): the model is quantised already; give the float one, or see what "
                "zkinfer inspect says of this one."
            )
    inputs = {value.type.tensor_type.elem_type for value in model.graph.input}
    kinds = inputs | {tensor.data_type for tensor in model.graph.initializer}
    for kind in (TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE):
        if kind in kinds:
            found = TensorProto.DataType.Name(kind).lower()
            raise UsageError(f"The model computes in {found}; export it in float32 and quantise that.")


def _left_out(network: Network) -> set[str]:
    """The nodes that interpolate, as means do; and those that read what has no known type, so that it gets no scale."""
    computed = {name for node in network.nodes for name in node.output}
    untyped = computed - {value.name for value in (*network.model.graph.value_info, *network.model.graph.output)}
    nodes = {node.name for node in network.nodes if untyped.intersection(node.input)}
    for node in network.nodes:
        modes = {entry.s for entry in node.attribute if entry.name == "mode"}
        if node.op_type == "Resize" and modes & {b"linear", b"cubic"}:
            nodes.add(node.name)
    return nodes


def _copy(model: ModelProto) -> ModelProto:
    copy: ModelProto = type(model).FromString(model.SerializeToString())
    return copy


def _require_same(model: ModelProto, prepared: ModelProto, sample: Sample) -> None:
    """Errors: InternalError if preparing changed what the model computes."""
    for a, b in zip(run_model(model)(sample), run_model(prepared)(sample), strict=True):
        if a.shape != b.shape or not np.max(np.abs(a - b), initial=0) <= TOLERANCE * np.max(np.abs(a), initial=0):
            raise InternalError("The prepared model computes something else than the given one.")


def _by_onnxruntime(model: ModelProto, ranges: Ranges, wide: set[str], masks: Masks, settings: Settings) -> ModelProto:
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer  # type: ignore[import-untyped]  # ships no types
    from onnxruntime.quantization.quant_utils import QuantType  # type: ignore[import-untyped]

    quantizer = QDQQuantizer(
        _copy(model),
        per_channel=settings.per_channel,
        reduce_range=False,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QInt8,
        tensors_range=ranges,
        nodes_to_quantize=[],
        nodes_to_exclude=sorted(masks.nodes | _left_out(Network(model))),
        op_types_to_quantize=sorted({node.op_type for node in model.graph.node} - LEFT_OUT),
        extra_options={
            "ActivationSymmetric": False,
            "WeightSymmetric": True,
            "ForceQuantizeNoInputCheck": True,
            "TensorQuantOverrides": {name: [{"quant_type": QuantType.QInt16}] for name in sorted(wide)},
        },
    )
    with quietly():
        quantizer.quantize_model()
        quantizer.model.topological_sort()  # as when it writes a file
    quantised: ModelProto = quantizer.model.model
    return quantised
