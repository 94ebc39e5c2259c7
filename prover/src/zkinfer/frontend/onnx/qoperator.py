"""The QOperator form: QLinearConv and its like, each written as the QDQ nodes that say the same; fused operators too.

y = QuantizeLinear(op(DequantizeLinear(x), DequantizeLinear(w), ..))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zkinfer.frontend.onnx.fused import Step, steps_of
from zkinfer.frontend.onnx.model import OnnxModel, OnnxNode
from zkinfer.graph.operator import Array, Shape

Triple = tuple[int, int, int]
"""Which inputs are a tensor of codes, its scale and its zero point."""


@dataclass(frozen=True)
class Rule:
    """How an operator's inputs are laid out; op_type: the one on real numbers; output: scale and zero point.

    bias: of integers in units of both scales. axis: of the second tensor, along which its scales may differ.
    """

    op_type: str
    tensors: tuple[Triple, ...]
    output: tuple[int, int]
    bias: int | None = None
    axis: int = 0


TWO: tuple[Triple, ...] = ((0, 1, 2), (3, 4, 5))
ONE: tuple[Triple, ...] = ((0, 1, 2),)
RULES: Mapping[str, Rule] = {
    "QLinearConv": Rule("Conv", TWO, (6, 7), bias=8),
    "QLinearMatMul": Rule("MatMul", TWO, (6, 7), axis=-1),
    "com.microsoft.QGemm": Rule("Gemm", TWO, (7, 8), bias=6, axis=-1),
    "com.microsoft.QLinearAdd": Rule("Add", TWO, (6, 7)),
    "com.microsoft.QLinearMul": Rule("Mul", TWO, (6, 7)),
    "com.microsoft.QLinearAveragePool": Rule("AveragePool", ONE, (3, 4)),
    "com.microsoft.QLinearGlobalAveragePool": Rule("GlobalAveragePool", ONE, (3, 4)),
    "com.microsoft.QLinearLeakyRelu": Rule("LeakyRelu", ONE, (3, 4)),
    "com.microsoft.QLinearReduceMean": Rule("ReduceMean", ONE, (3, 4)),
    "com.microsoft.QLinearSigmoid": Rule("Sigmoid", ONE, (3, 4)),
    "com.microsoft.QLinearSoftmax": Rule("Softmax", ONE, (3, 4)),
}
CONCAT = "com.microsoft.QLinearConcat"
OWN_ATTRIBUTES = ("opset", "channels_last")
"""Attributes that the operators on real numbers do not have."""


def expanded(model: OnnxModel) -> OnnxModel:
    """Return the model with every quantised operator written as QDQ nodes."""
    expansion = _Expansion(model)
    for node in model.nodes:
        expansion.take(node)
    return replace(
        model,
        nodes=tuple(expansion.nodes),
        constants=expansion.constants,
        shapes=expansion.shapes,
        types=expansion.types,
    )


class _Expansion:
    def __init__(self, model: OnnxModel) -> None:
        self.nodes: list[OnnxNode] = []
        self.constants: dict[str, Array] = dict(model.constants)
        self.shapes: dict[str, Shape] = dict(model.shapes)
        self.types: dict[str, str] = dict(model.types)

    def take(self, node: OnnxNode) -> None:
        """Add a node, or those that say the same."""
        steps = steps_of(node, self.shapes, self.constants)
        if steps is not None:
            self._written_out(node, steps)
            return
        rule = RULES.get(node.op_type)
        if node.op_type == CONCAT:
            triples = [(k, k + 1, k + 2) for k in range(2, len(node.inputs), 3)]
            rule = Rule("Concat", tuple(triples), (0, 1))
        if rule is None or node.attributes.get("channels_last", 0):
            self.nodes.append(node)
            return
        inputs = [self._dequantized(node, k, triple, rule) for k, triple in enumerate(rule.tensors)]
        if rule.bias is not None and node.input(rule.bias):
            inputs.append(self._bias(node, rule))
        attributes = {name: value for name, value in node.attributes.items() if name not in OWN_ATTRIBUTES}
        output = node.outputs[0]
        quantised = bool(node.input(rule.output[0]))
        real = f"{output}/real" if quantised else output
        self._tensor(real, self.shapes.get(output))
        self.nodes.append(OnnxNode(node.name, rule.op_type, tuple(inputs), (real,), attributes))
        if quantised:
            parameters = tuple(node.input(k) for k in rule.output)
            self.nodes.append(OnnxNode(f"{node.name}/quantized", "QuantizeLinear", (real, *parameters), (output,)))

    def _written_out(self, node: OnnxNode, steps: Sequence[Step]) -> None:
        """Add the steps of a node, each of which reads what the one before it gives."""
        output, before = node.outputs[0], tuple[str, ...]()
        for number, (op_type, inputs, attributes) in enumerate(steps, 1):
            last = number == len(steps)
            name = output if last else f"{output}/step{number}"
            self._tensor(name, self.shapes.get(output))
            own = node.name if last else f"{node.name}/{op_type}"
            self.nodes.append(OnnxNode(own, op_type, (*before, *inputs), (name,), dict(attributes)))
            before = (name,)

    def _dequantized(self, node: OnnxNode, number: int, triple: Triple, rule: Rule) -> str:
        """Add the DequantizeLinear node of an input; returns its output."""
        codes, scale, zero_point = (node.input(k) for k in triple)
        name = f"{node.name}/input{number}"
        self._tensor(name, self.shapes.get(codes))
        axis = rule.axis if number else 1
        if rule.op_type == "Gemm" and node.attributes.get("transB", 0):
            axis = 0
        if axis < 0:
            axis += len(self.shapes.get(codes, (1,)))
        self.nodes.append(OnnxNode(name, "DequantizeLinear", (codes, scale, zero_point), (name,), {"axis": axis}))
        return name

    def _bias(self, node: OnnxNode, rule: Rule) -> str:
        """Add the constant of a bias as real numbers, if it and the scales are constants; returns its name."""
        assert rule.bias is not None
        given = [node.input(k) for k in (rule.bias, *(scale for _, scale, _ in rule.tensors))]
        if any(name not in self.constants for name in given):
            return given[0]  # whoever reads it says that it is no constant
        codes, *scales = (self.constants[name].astype(np.float64) for name in given)
        name = f"{node.name}/bias"
        self.constants[name] = codes * scales[0].reshape(-1) * scales[1].reshape(-1)
        self._tensor(name, codes.shape)
        return name

    def _tensor(self, name: str, shape: Shape | None) -> None:
        """Note a new tensor of real numbers."""
        self.types[name] = "float32"
        if shape is not None:
            self.shapes[name] = shape
