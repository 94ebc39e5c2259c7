"""A quantised ONNX model against onnxruntime: code for code, each operation given the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import Translation, translate
from zkinfer.network.network import Network
from zkinfer.network.operation import ignore
from zkinfer.program.from_network import integers_of


@dataclass(frozen=True)
class Agreement:
    """How codes compare, tensor by tensor; by the name of the model's tensor of codes.

    differing: the share of codes that differ; worst: by how much at most.
    """

    differing: dict[str, float]
    worst: dict[str, int]
    network: Network
    translation: Translation

    def require(self, share: float = 0.001) -> None:
        """Assert that nearly all codes are equal, and the others next to them."""
        assert self.differing, "nothing is quantised"
        for name, value in self.differing.items():
            assert value <= share, f"{name}: {value:.4%} of its codes differ"
            assert self.worst[name] <= 1, f"{name}: a code is off by {self.worst[name]}"


def compare(folder: Path, model: ModelProto, feeds: Mapping[str, NDArray[np.generic]]) -> Agreement:
    """Run a quantised model in onnxruntime, unfused, and each operation of its network on the same codes."""
    path = folder / "quantised.onnx"
    path.write_bytes(model.SerializeToString())
    read = read_onnx(path, {name: array.shape for name, array in feeds.items()})
    translation = translate(read)
    assert translation.network is not None, translation.problems
    network = translation.network
    codes = [n.outputs[0] for n in read.nodes if n.op_type == "QuantizeLinear" and n.outputs[0] in translation.tensors]
    theirs = dict(zip(codes, run_model(model, codes, feeds), strict=True))
    by_tensor = {translation.tensors[name].tensor: name for name in codes}
    tensors = {port.tensor: integers_of(port, np.asarray(feeds[port.name])) for port in network.inputs}
    differing, worst = dict[str, float](), dict[str, int]()
    for node in network.nodes:
        ours = node.op.execute([tensors[name] for name in node.inputs], ignore)
        if node.name in by_tensor:
            name = by_tensor[node.name]
            expected = theirs[name].astype(np.int64) - translation.tensors[name].zero_point
            distance = np.abs(ours.reshape(expected.shape) - expected)
            differing[name], worst[name] = float((distance > 0).mean()), int(distance.max())
            ours = expected.reshape(ours.shape)
        tensors[node.name] = ours
    return Agreement(differing, worst, network, translation)


def run_model(
    model: ModelProto, outputs: Sequence[str], feeds: Mapping[str, NDArray[np.generic]]
) -> list[NDArray[np.generic]]:
    """Run a model in onnxruntime as it is written, and return some of its tensors."""
    shown = ModelProto()
    shown.CopyFrom(model)
    del shown.graph.output[:]
    shown.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in outputs)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
    values: list[NDArray[np.generic]] = session.run(list(outputs), dict(feeds))
    return values


TYPES = {
    "int8": (TensorProto.INT8, -128, 127),
    "uint8": (TensorProto.UINT8, 0, 255),
    "int16": (TensorProto.INT16, -32768, 32767),
    "uint16": (TensorProto.UINT16, 0, 65535),
}


def quantised(
    nodes: Sequence[NodeProto],
    feeds: Mapping[str, NDArray[np.generic]],
    outputs: Sequence[str],
    constants: Mapping[str, NDArray[np.generic]] | None = None,
    kind: str = "int8",
    opset: int = 21,
    *,
    powers: bool = False,
) -> ModelProto:
    """Put a QuantizeLinear and a DequantizeLinear node on every float tensor that the nodes give or take.

    Scales are those of the values that the feeds lead to, or powers of two above them without zero points; weights,
    which are constants, stay real numbers.
    """
    constants = dict(constants or {})
    initializers = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    inputs = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in feeds.items()
    ]
    names = [*feeds, *(name for one in nodes for name in one.output if name)]
    graph = helper.make_graph(
        nodes, "float", inputs, [helper.make_empty_tensor_value_info(n) for n in outputs], initializers
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    plain = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    given = [name for name in names if name not in feeds]
    values = dict(zip(given, run_model(plain, given, feeds), strict=True)) | dict(feeds)
    element, least, largest = TYPES[kind]
    placed: list[NodeProto] = []
    real = {name for name in names if values[name].dtype == np.float32}

    def quantise(name: str) -> None:
        lo, hi = min(float(values[name].min()), 0.0), max(float(values[name].max()), 0.0)
        scale = np.float32((hi - lo) / (largest - least) or 1.0)
        if powers:
            scale = np.float32(2.0 ** np.ceil(np.log2(max(-lo / -least, hi / largest) or 1.0)))
            lo = least * float(scale)
        zero = int(np.clip(np.rint(least - lo / scale), least, largest))
        initializers.append(numpy_helper.from_array(np.array(scale), f"{name}_scale"))
        initializers.append(helper.make_tensor(f"{name}_zero", element, [], [zero]))
        parameters = [f"{name}_scale", f"{name}_zero"]
        placed.append(helper.make_node("QuantizeLinear", [name, *parameters], [f"{name}_codes"], f"{name}_q"))
        placed.append(
            helper.make_node("DequantizeLinear", [f"{name}_codes", *parameters], [f"{name}_real"], f"{name}_dq")
        )

    for name in feeds:
        if name in real:
            quantise(name)
    for one in nodes:
        moved = NodeProto()
        moved.CopyFrom(one)
        moved.input[:] = [f"{name}_real" if name in real else name for name in one.input]
        placed.append(moved)
        for name in one.output:
            if name in real:
                quantise(name)
    shown = [helper.make_empty_tensor_value_info(f"{name}_real" if name in real else name) for name in outputs]
    graph = helper.make_graph(placed, "quantised", inputs, shown, initializers)
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)
