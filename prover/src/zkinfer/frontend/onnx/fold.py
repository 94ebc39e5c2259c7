"""Constant folding: what constants and shapes alone determine is a constant."""

from __future__ import annotations

from math import prod

import numpy as np
from onnx import NodeProto
from onnx.reference import ReferenceEvaluator

from zkinfer.frontend.onnx.infer import Rules, Values, shape_of
from zkinfer.graph.graph import Array

MAX_ENTRIES = 1 << 26
"""A constant of more entries is not computed here: its node stays."""
MAX_ENTRIES_IN_ALL = 1 << 28
FOLDED = frozenset({
    "Abs", "Add", "And", "ArgMax", "ArgMin", "BitShift", "Cast", "CastLike", "Ceil", "Clip", "Concat",
    "ConstantOfShape", "Cos", "CumSum", "Div", "Equal", "Erf", "Exp", "Expand", "EyeLike", "Flatten", "Floor",
    "Gather", "GatherElements", "GatherND", "Gemm", "Greater", "GreaterOrEqual", "Identity", "IsInf", "IsNaN",
    "Less", "LessOrEqual", "Log", "MatMul", "Max", "Mean", "Min", "Mod", "Mul", "Neg", "NonZero", "Not",
    "OneHot", "Or", "Pad", "Pow", "QuantizeLinear", "Range", "Reciprocal", "ReduceL1", "ReduceL2",
    "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape",
    "Round", "ScatterElements", "ScatterND", "Shape", "Sigmoid", "Sign", "Sin", "Size", "Slice", "Softmax",
    "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where",
    "Xor",
})  # fmt: skip
"""Operators that are computed on constants: those that take time in proportion to their sizes, or one matrix product.

Not DequantizeLinear: that its constant is a code and a scale is what a quantised network is proved by.
"""


class Folder:
    """Computes nodes on constants, up to a total of entries: a small file may claim to expand to large ones."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.entries = rules, 0

    def fold(self, node: NodeProto, values: Values) -> dict[str, Array] | None:
        """Return what a node gives, if all that it reads is known and small; its output types are in `values`."""
        if node.domain or node.op_type not in FOLDED:
            return None
        if node.op_type in ("Shape", "Size"):
            return _of_shape(node, values)
        read = list(dict.fromkeys(name for name in node.input if name))
        if any(name not in values.constants for name in read):
            return None
        entries = self._entries(node, values)
        if entries > MAX_ENTRIES or self.entries + entries > MAX_ENTRIES_IN_ALL:
            return None
        if node.op_type == "Identity":
            return {node.output[0]: values.constants[read[0]]}
        try:
            with np.errstate(all="ignore"):
                evaluator = ReferenceEvaluator(self.rules.alone(node, values, with_constants=False))
                computed = evaluator.run(None, {name: values.constants[name] for name in read})
        except MemoryError:
            raise
        except Exception:  # the node is reported like any other that is not supported
            return None
        self.entries += entries
        return {name: np.asarray(value) for name, value in zip(filter(None, node.output), computed, strict=True)}

    def _entries(self, node: NodeProto, values: Values) -> int:
        """How many entries a node gives at most."""
        if node.op_type == "NonZero":
            array = values.constants[node.input[0]]
            return array.size * max(array.ndim, 1)
        shapes = [shape_of(values.types[name]) if name in values.types else None for name in node.output if name]
        return sum(MAX_ENTRIES + 1 if shape is None else prod(shape) for shape in shapes)


def _of_shape(node: NodeProto, values: Values) -> dict[str, Array] | None:
    shape = shape_of(values.types[node.input[0]]) if node.input[0] in values.types else None
    if shape is None:
        return None
    if node.op_type == "Size":
        return {node.output[0]: np.array(prod(shape), dtype=np.int64)}
    bounds = {attribute.name: attribute.i for attribute in node.attribute}
    cut = shape[slice(bounds.get("start", 0), bounds.get("end"))]
    return {node.output[0]: np.array(cut, dtype=np.int64)}
