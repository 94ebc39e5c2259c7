"""A float model made ready: new operators, constants folded, patterns put back as operators, all shapes known."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from zkinfer.frontend.onnx.convert import converted
from zkinfer.quantize.onnx.biases import join_biases
from zkinfer.quantize.onnx.embeddings import gather_embeddings
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.recognise import recognise
from zkinfer.quantize.onnx.runtime import run_model

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 21
"""The first with QuantizeLinear of 16 bits."""
SWISH_OPSET = 24
"""The first with Swish; only a model that holds one is written in it, since few runtimes know it."""
IR_VERSION = 10


def prepare(model: ModelProto) -> ModelProto:
    """Return the same float network in opset 21: what can be folded is, and what exporters wrote out is put back.

    model: every dimension of its inputs is a number; it may be changed.
    """
    from zkinfer.frontend.onnx.functions import written_out

    model = written_out(model)
    if _opset(model) < OPSET:
        model = converted(model, _opset(model), OPSET)
    model.ir_version = max(model.ir_version, IR_VERSION)
    network = Network(optimise(model))
    if any(not network.computed(node) for node in network.nodes):
        # What operators that are defined by others become is folded by a second run.
        network = Network(optimise(network.model))
    recognise(network)
    network = Network(finish(network))
    gather_embeddings(network)
    join_biases(network)
    _raise_for_swish(network)
    return finish(network)


def _opset(model: ModelProto) -> int:
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)


def _raise_for_swish(network: Network) -> None:
    if any(node.op_type == "Swish" for node in network.nodes):
        for entry in network.model.opset_import:
            if entry.domain in ("", "ai.onnx"):
                entry.version = max(entry.version, SWISH_OPSET)


def finish(network: Network) -> ModelProto:
    """Return the network's model with unread constants left out, a name on every node and a shape on every tensor.

    What onnx does not infer, of operators of onnxruntime's own, is what onnxruntime has written into the model.
    """
    from onnx import shape_inference

    model = network.model
    read = {name for node in model.graph.node for name in node.input} | set(network.outputs)
    constants = [tensor for tensor in model.graph.initializer if tensor.name in read]
    del model.graph.initializer[:]
    model.graph.initializer.extend(constants)
    for k, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}_{k + 1}"
    known = list(model.graph.value_info)
    del model.graph.value_info[:]
    inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    given = {name for node in inferred.graph.node for name in node.output}
    missing = given - {value.name for value in (*inferred.graph.value_info, *inferred.graph.output)}
    inferred.graph.value_info.extend(value for value in known if value.name in missing)
    return inferred


def optimise(model: ModelProto) -> ModelProto:
    """Return what onnxruntime's basic optimiser makes of a model, with the shape of every tensor written into it."""
    import onnx
    from onnx import shape_inference

    # What the exporter wrote about inner tensors may speak of open dimensions.
    del model.graph.value_info[:]
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        run_model(model, optimise="basic", saved_as=path)
        optimised = onnx.load(path)
    used = {node.domain for node in optimised.graph.node} | {"", "ai.onnx"}
    domains = [entry for entry in optimised.opset_import if entry.domain in used]
    del optimised.opset_import[:]
    optimised.opset_import.extend(domains)
    return shape_inference.infer_shapes(optimised, data_prop=True)
