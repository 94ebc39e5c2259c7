"""Operators of onnxruntime's own domain that its quantiser and optimiser write: the standard one of the same shapes.

The package onnx knows nothing of this domain, so that the shapes behind such a node would not be known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onnx import NodeProto

DOMAIN = "com.microsoft"
FIRST = slice(0, 1)
STAND_INS: Mapping[str, tuple[str, Sequence[int] | slice]] = {
    "BiasGelu": ("Add", (0, 1)),
    "FastGelu": ("Identity", FIRST),
    "FusedConv": ("Conv", slice(0, 3)),
    "FusedGemm": ("Gemm", slice(0, 3)),
    "Gelu": ("Identity", FIRST),
    "QGemm": ("Gemm", (0, 3)),
    "QLinearAdd": ("Add", (0, 3)),
    "QLinearAveragePool": ("AveragePool", FIRST),
    "QLinearConcat": ("Concat", slice(2, None, 3)),
    "QLinearGlobalAveragePool": ("GlobalAveragePool", FIRST),
    "QLinearLeakyRelu": ("Identity", FIRST),
    "QLinearMul": ("Mul", (0, 3)),
    "QLinearSigmoid": ("Identity", FIRST),
    "QLinearSoftmax": ("Identity", FIRST),
    "QuickGelu": ("Identity", FIRST),
    "SkipLayerNormalization": ("Identity", FIRST),
}
"""The standard operator, and which inputs it reads."""
KEPT = {
    "AveragePool": ("auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides"),
    "Concat": ("axis",),
    "Conv": ("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"),
    "Gemm": ("transA", "transB"),
}
"""The attributes that tell the shape."""

UNINFERRED = ("GroupNormalization", "SimplifiedLayerNormalization")
"""Operators whose output is like their first input, and of which no rule of inference says so."""
STANDARD = ("QuantizeLinear", "DequantizeLinear")
"""Operators that became standard ones with all of their types in opset 21: until then int16 has them here."""


def is_standard(node: NodeProto) -> bool:
    """Whether a node is one of the standard domain, whatever it says."""
    return node.domain in ("", "ai.onnx") or (node.domain == DOMAIN and node.op_type in STANDARD)


def stand_in(node: NodeProto) -> NodeProto:
    """Return the standard node whose first output has the same type and shape, or the node itself."""
    if node.op_type in UNINFERRED and not node.domain:
        return NodeProto(op_type="Identity", input=node.input[:1], output=node.output[:1])
    if node.domain != DOMAIN or node.op_type not in STAND_INS:
        return node
    if any(attribute.name == "channels_last" and attribute.i for attribute in node.attribute):
        return node
    op_type, read = STAND_INS[node.op_type]
    inputs = node.input[read] if isinstance(read, slice) else [node.input[k] for k in read if k < len(node.input)]
    kept = [attribute for attribute in node.attribute if attribute.name in KEPT.get(op_type, ())]
    return NodeProto(op_type=op_type, input=inputs, output=node.output[:1], attribute=kept)
