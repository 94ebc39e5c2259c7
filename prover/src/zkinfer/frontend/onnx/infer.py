"""The types and shapes of what one node gives, from those of what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    TypeProto,
    ValueInfoProto,
    checker,
    defs,
    helper,
    numpy_helper,
    shape_inference,
)

from zkinfer.frontend.onnx.contrib import stand_in
from zkinfer.graph.graph import Array, Shape

IR_VERSION = 10
"""Of the models that are made here of one node: the format's version tells nothing of operators."""
POOLS, CLARIFIED = ("AveragePool", "MaxPool"), 22
"""By ceil_mode a window that begins behind the input is none; onnx infers so since this opset, runtimes always did."""
PRODUCT, BATCHES = "FusedMatMul", {"transBatchA", "transBatchB"}
SKIP = "SkipLayerNormalization"
"""It gives the sum that it normalises beside its result."""
SMALL = 1024
"""A constant of up to so many entries may tell a shape."""


@dataclass
class Values:
    """What is known of every value by name: its type, and its entries if they are constant."""

    types: dict[str, TypeProto] = field(default_factory=dict)
    constants: dict[str, Array] = field(default_factory=dict)

    def add_constant(self, name: str, array: Array) -> None:
        """Note a constant and its type."""
        self.constants[name] = array
        element = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.types[name] = helper.make_tensor_type_proto(element, array.shape)


@dataclass(frozen=True)
class Rules:
    """The versions of the operator sets that a file is written in."""

    opsets: Mapping[str, int]

    def is_known(self, node: NodeProto) -> bool:
        """Whether the package onnx has the definition of a node's operator."""
        version = self.opsets.get(node.domain)
        return version is not None and defs.has(node.op_type, version, node.domain)

    def alone(self, node: NodeProto, values: Values, *, with_constants: bool) -> ModelProto:
        """Return the model of one node, small constants given as such if asked for."""
        names = dict.fromkeys(name for name in node.input if name)
        small = {
            name: values.constants[name]
            for name in names
            if with_constants and name in values.constants and values.constants[name].size <= SMALL
        }
        graph = GraphProto(
            name="node",
            node=[node],
            input=[ValueInfoProto(name=name, type=values.types[name]) for name in names if name not in small],
            output=[ValueInfoProto(name=name) for name in node.output if name],
            initializer=[numpy_helper.from_array(array, name) for name, array in small.items()],
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in self.opsets.items()]
        return ModelProto(graph=graph, opset_import=opsets, ir_version=IR_VERSION)


def infer(node: NodeProto, values: Values, rules: Rules) -> dict[str, TypeProto]:
    """Return the types of a node's outputs, as far as they do not depend on the data.

    Errors: those of the package onnx, where attributes, types or shapes do not fit.
    """
    if node.op_type == PRODUCT and node.domain:
        return _product(node, values)
    standard = stand_in(node)
    if not rules.is_known(standard) or any(name not in values.types for name in standard.input if name):
        return {}
    if standard is node:
        checker.check_node(node, _context(rules))
    if node.op_type in POOLS and not node.domain:
        rules = Rules({**rules.opsets, "": max(rules.opsets[""], CLARIFIED)})
    inferred = shape_inference.infer_shapes(rules.alone(standard, values, with_constants=True), strict_mode=True)
    found = {value.name: value.type for value in inferred.graph.output if value.type.WhichOneof("value")}
    if node.op_type == SKIP and len(node.output) > 3 and node.output[3] and node.output[0] in found:
        found[node.output[3]] = found[node.output[0]]
    return found


def _product(node: NodeProto, values: Values) -> dict[str, TypeProto]:
    """Return the type of a product of matrices whose last axes may be transposed first."""
    shapes = [shape_of(values.types[name]) if name in values.types else None for name in node.input]
    flags = {attribute.name for attribute in node.attribute if attribute.i}
    if len(shapes) != 2 or any(shape is None or len(shape) < 2 for shape in shapes) or flags & BATCHES:
        return {}
    left, right = (shape for shape in shapes if shape is not None)
    rows, columns = left[-1 if "transA" in flags else -2], right[-2 if "transB" in flags else -1]
    shape = (*np.broadcast_shapes(left[:-2], right[:-2]), rows, columns)
    return {node.output[0]: helper.make_tensor_type_proto(TensorProto.FLOAT, shape)}


def _context(rules: Rules) -> checker.C.CheckerContext:
    context = checker.C.CheckerContext()
    context.ir_version, context.opset_imports = IR_VERSION, dict(rules.opsets)
    return context


def shape_of(kind: TypeProto) -> Shape | None:
    """Return a tensor's shape, if it is one and all of its dimensions are numbers."""
    tensor = kind.tensor_type
    if not tensor.HasField("shape") or not all(dim.HasField("dim_value") for dim in tensor.shape.dim):
        return None
    return tuple(dim.dim_value for dim in tensor.shape.dim)


def type_name(kind: TypeProto) -> str | None:
    """Return what numpy calls the type of a tensor's entries."""
    element = kind.tensor_type.elem_type
    if element == TensorProto.UNDEFINED or element not in TensorProto.DataType.values():
        return None
    return helper.tensor_dtype_to_np_dtype(element).name
