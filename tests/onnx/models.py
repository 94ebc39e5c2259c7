"""Small ONNX models made in place, and what was read of one as a model again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from zkinfer.frontend.onnx.model import OnnxModel
from zkinfer.frontend.onnx.read import read_onnx

Dims = Sequence[int | str | None]


def node(op_type: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """A node; names are separated by blanks, `-` is one that is left out; it is called after its first output."""
    names = [[name if name != "-" else "" for name in text.split()] for text in (inputs, outputs)]
    return helper.make_node(op_type, *names, name=f"{outputs.split()[0]}_node", **attributes)


def graph(
    nodes: Sequence[NodeProto],
    inputs: Mapping[str, Dims],
    outputs: str,
    constants: Mapping[str, Any] | None = None,
    element: int = TensorProto.FLOAT,
) -> GraphProto:
    """A graph whose inputs have one element type, and whose outputs have no shapes."""
    return helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, element, dims) for name, dims in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs.split()],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in (constants or {}).items()],
    )


def model(graph: GraphProto, opset: int = 17, **domains: int) -> ModelProto:
    """A model around a graph; `com_microsoft=1` adds the domain com.microsoft."""
    opsets = [helper.make_opsetid("", opset)]
    opsets += [helper.make_opsetid(name.replace("_", "."), version) for name, version in domains.items()]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def read(folder: Path, proto: ModelProto, **shapes: tuple[int, ...]) -> OnnxModel:
    """What is read of a model that lies in the folder."""
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    return read_onnx(path, shapes)


def again(read: OnnxModel) -> ModelProto:
    """The model that was read, as onnxruntime runs it."""
    nodes = []
    for one in read.nodes:
        domain, _, op_type = one.op_type.rpartition(".")
        attributes = {
            name: numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
            for name, value in one.attributes.items()
        }
        nodes.append(helper.make_node(op_type, one.inputs, one.outputs, one.name, domain=domain, **attributes))
    for name, tensor in zip(read.output_names, read.outputs, strict=True):
        if name != tensor:
            nodes.append(helper.make_node("Identity", [tensor], [name]))
    ends = [
        [helper.make_tensor_value_info(name, _element(read.types[tensor]), read.shapes[tensor]) for name, tensor in row]
        for row in (zip(read.inputs, read.inputs, strict=True), zip(read.output_names, read.outputs, strict=True))
    ]
    constants = [numpy_helper.from_array(array, name) for name, array in read.constants.items()]
    domains = {one.domain for one in nodes if one.domain}
    return model(
        helper.make_graph(nodes, "again", ends[0], ends[1], constants),
        read.opset,
        **{domain.replace(".", "_"): 1 for domain in domains},
    )


def run(proto: ModelProto, feeds: Mapping[str, Any]) -> list[Any]:
    """What onnxruntime computes, without its own rewriting."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return list(session.run(None, dict(feeds)))


def _element(name: str) -> int:
    return int(helper.np_dtype_to_tensor_dtype(np.dtype(name)))
