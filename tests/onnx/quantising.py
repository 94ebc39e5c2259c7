"""What the tests of quantisation share: small float networks, samples, and the invariant of what comes out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from onnx import ModelProto, TensorProto

from tests.onnx.models import graph, model, node
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.quantizer import Quantised, quantize_onnx
from zkinfer.quantize.onnx.ranges import Sample
from zkinfer.quantize.onnx.settings import Settings

rng = np.random.default_rng(5)


def draw(*shape: int, scale: float = 0.5) -> np.ndarray:
    """Weights or inputs of normal numbers."""
    return (scale * rng.standard_normal(shape)).astype(np.float32)


def samples(*shape: int, name: str = "x", count: int = 6) -> list[Sample]:
    """Calibration data for one input."""
    return [{name: draw(*shape, scale=1.0)} for _ in range(count)]


def quantised(proto: ModelProto, data: list[Sample], **settings: object) -> Quantised:
    """The quantised model."""
    return quantize_onnx(proto, data, Settings(**settings))  # type: ignore[arg-type]


def operators(proto: ModelProto) -> list[str]:
    """The operators in order, without the pairs."""
    kinds = [each.op_type for each in proto.graph.node]
    return [kind for kind in kinds if kind not in ("QuantizeLinear", "DequantizeLinear")]


def unpaired_tensors(proto: ModelProto) -> Iterator[str]:
    """Float tensors that a node reads, or the caller, and that are neither constants nor given by DequantizeLinear."""
    from onnx import shape_inference

    network = Network(shape_inference.infer_shapes(proto, strict_mode=True))
    given = {name for each in network.nodes if each.op_type == "DequantizeLinear" for name in each.output}
    read = {name for each in network.nodes if each.op_type != "QuantizeLinear" for name in each.input}
    read |= set(network.outputs)
    yield from sorted((read & network.floats) - given - set(network.constants))


def convolutional() -> ModelProto:
    """Convolutions, a residual sum, pooling, an activation that has a table, two outputs."""
    nodes = [
        node("Conv", "x w1 b1", "c1", pads=[1, 1, 1, 1]),
        node("Relu", "c1", "r1"),
        node("Conv", "r1 w2", "c2", pads=[1, 1, 1, 1]),
        node("Add", "c2 r1", "s"),
        node("HardSwish", "s", "h"),
        node("MaxPool", "h", "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("GlobalAveragePool", "p", "g"),
        node("Flatten", "g", "f"),
        node("Gemm", "f w3 b3", "logits", transB=1),
        node("Softmax", "logits", "y", axis=-1),
    ]
    constants = {"w1": draw(4, 2, 3, 3), "b1": draw(4), "w2": draw(4, 4, 3, 3), "w3": draw(3, 4), "b3": draw(3)}
    return model(graph(nodes, {"x": [1, 2, 8, 8]}, "y p", constants))


def attention() -> ModelProto:
    """Tokens, an embedding, one head of attention with a residual sum, a layer normalization."""
    nodes = [
        node("Gather", "words ids", "e"),
        node("MatMul", "e wq", "q0"),
        node("Add", "q0 bq", "q"),
        node("MatMul", "e wk", "k"),
        node("Transpose", "k", "kt", perm=[0, 2, 1]),
        node("MatMul", "q kt", "scores"),
        node("Div", "scores root", "scaled"),
        node("Softmax", "scaled", "a", axis=-1),
        node("MatMul", "a e", "seen"),
        node("Add", "seen e", "sum"),
        node("LayerNormalization", "sum gain shift", "n", axis=-1),
        node("ReduceMean", "n", "y", axes=[1], keepdims=0),
    ]
    constants = {
        "words": draw(20, 8, scale=1.0),
        "wq": draw(8, 8),
        "bq": draw(8),
        "wk": draw(8, 8),
        "root": np.float32(8**0.5),
        "gain": 1 + draw(8, scale=0.1),
        "shift": draw(8),
    }
    return model(graph(nodes, {"ids": [1, 5]}, "y", constants, element=TensorProto.INT64))


def token_samples(count: int = 6) -> list[Sample]:
    """Calibration data for `attention`."""
    return [{"ids": rng.integers(0, 20, (1, 5))} for _ in range(count)]
