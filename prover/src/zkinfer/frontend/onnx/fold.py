"""Constant folding: what constants and shapes alone determine is a constant."""

from __future__ import annotations

import warnings
from math import isqrt, prod

import numpy as np
from onnx import NodeProto
from onnx.reference import ReferenceEvaluator

from zkinfer.frontend.onnx.infer import Rules, Values, shape_of
from zkinfer.graph.graph import Array

MAX_EXPANDED = 1 << 22
"""A constant of more entries, and more than it is computed from, is not computed here: its node stays."""
WORK = 1 << 26
WORK_PER_ENTRY = 16
"""All nodes together may read and give so many entries, and so many for each entry of the file's constants."""
MAX_SLOW = 1 << 20
SLOW = frozenset({"Erf", "GatherElements", "GatherND", "OneHot", "ScatterElements", "ScatterND"})
"""The reference computes these entry by entry in Python."""
PRODUCTS_PER_ENTRY = 64
"""So many multiplications of a matrix product take about the time of an entry elsewhere."""
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
    """Computes nodes on constants, with a limit of work: a small file may ask for much."""

    def __init__(self, rules: Rules, values: Values) -> None:
        self.rules, self.values = rules, values
        self.work = WORK + WORK_PER_ENTRY * sum(array.size for array in values.constants.values())

    def fold(self, node: NodeProto) -> dict[str, Array] | None:
        """Return what a node gives, if all that it reads is known; the types of its outputs are known already."""
        if node.domain or node.op_type not in FOLDED:
            return None
        if node.op_type in ("Shape", "Size"):
            return _of_shape(node, self.values)
        names = list(dict.fromkeys(name for name in node.input if name))
        if any(name not in self.values.constants for name in names):
            return None
        read = {name: self.values.constants[name] for name in names}
        if node.op_type == "Identity":
            return {node.output[0]: read[names[0]]}
        work = self._work(node, sum(array.size for array in read.values()))
        if work is None or work > self.work:
            return None
        self.work -= work
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
                evaluator = ReferenceEvaluator(self.rules.alone(node, self.values, with_constants=False))
                computed = evaluator.run(None, read)
        except MemoryError:
            raise
        except Exception:  # the node is reported like any other that is not supported
            return None
        return {name: np.asarray(value) for name, value in zip(filter(None, node.output), computed, strict=True)}

    def _work(self, node: NodeProto, read: int) -> int | None:
        """How many entries a node reads and gives, or None if it gives too many."""
        if node.op_type == "NonZero":
            array = self.values.constants[node.input[0]]
            return read + array.size * max(array.ndim, 1)
        given = 0
        for name in filter(None, node.output):
            shape = shape_of(self.values.types[name]) if name in self.values.types else None
            if shape is None:
                return None
            given += prod(shape)
        if given > max(MAX_EXPANDED, read) or (node.op_type in SLOW and read + given > MAX_SLOW):
            return None
        if node.op_type in ("MatMul", "Gemm") and given:
            left, right = (self.values.constants[name].size for name in node.input[:2])
            return read + given + given * isqrt(left * right // given) // PRODUCTS_PER_ENTRY
        return read + given


def _of_shape(node: NodeProto, values: Values) -> dict[str, Array] | None:
    shape = shape_of(values.types[node.input[0]]) if node.input[0] in values.types else None
    if shape is None:
        return None
    if node.op_type == "Size":
        return {node.output[0]: np.array(prod(shape), dtype=np.int64)}
    bounds = {attribute.name: attribute.i for attribute in node.attribute}
    cut = shape[slice(bounds.get("start", 0), bounds.get("end"))]
    return {node.output[0]: np.array(cut, dtype=np.int64)}
