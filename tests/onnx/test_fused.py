"""Operators that onnxruntime's optimiser joins, or that ONNX defines by others, are read as what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.onnx.agreement import compare, quantised
from tests.onnx.models import graph, model, node, read, run
from tests.onnx.quantising import draw, samples
from tests.onnx.quantising import quantised as by_zkinfer
from tests.onnx.test_linear_families import normal
from zkinfer.frontend.onnx.translate import translate

OWN = "com.microsoft"
FUSED = {
    "a convolution": (node("FusedConv", "x k b", "y", domain=OWN, activation="Relu", pads=[1, 1]), (1, 4, 12)),
    "a convolution of an activation with numbers": (
        node("FusedConv", "x k b", "y", domain=OWN, activation="HardSigmoid", activation_params=[0.3, 0.4]),
        (1, 4, 12),
    ),
    "a convolution with a summand": (
        node("FusedConv", "x k b x", "y", domain=OWN, activation="Relu", pads=[1, 1]),
        (1, 4, 12),
    ),
    "a matrix": (
        node("FusedGemm", "x m v", "y", domain=OWN, activation="Relu", transB=1),
        (9, 4),
    ),
    "a bias": (node("BiasGelu", "x b", "y", domain=OWN), (3, 5, 4)),
    "a transposed product": (node("FusedMatMul", "x m", "y", domain=OWN, transB=1, alpha=0.25), (2, 9, 4)),
    "a product of a transposed tensor": (node("FusedMatMul", "x x", "y", domain=OWN, transA=1), (2, 9, 4)),
}
CONSTANTS = {"k": normal(4, 4, 3), "b": normal(4, seed=2), "m": normal(6, 4, seed=3), "v": normal(6, seed=4)}


@pytest.mark.parametrize("name", FUSED)
def test_fused_operators(tmp_path, name):
    one, shape = FUSED[name]
    feeds = {"x": normal(*shape, seed=7)}
    constants = {key: array for key, array in CONSTANTS.items() if key in one.input}
    compare(tmp_path, quantised([one], feeds, ["y"], constants), feeds).require(0.001)


def test_an_activation_that_is_not_read_is_refused(tmp_path):
    one = node("FusedConv", "x k", "y", domain=OWN, activation="Clip", activation_params=[0.0, 6.0])
    feeds = {"x": normal(1, 4, 12)}
    with pytest.raises(AssertionError, match="an operator of the domain com"):
        compare(tmp_path, quantised([one], feeds, ["y"], {"k": CONSTANTS["k"]}), feeds)


DEFINED = {
    "attention": [node("Attention", "x x x", "y", q_num_heads=2, kv_num_heads=2)],
    "attention that looks back": [node("Attention", "x x x", "y", q_num_heads=2, kv_num_heads=2, is_causal=1)],
    "positions": [node("RotaryEmbedding", "x cosine sine", "y", num_heads=2)],
}


@pytest.mark.parametrize("name", DEFINED)
def test_operators_that_are_defined_by_others(tmp_path, name):
    angles = np.arange(5)[:, np.newaxis] * np.array([1.0, 0.1])
    constants = {"cosine": np.cos(angles)[np.newaxis], "sine": np.sin(angles)[np.newaxis]} if "pos" in name else {}
    given = {key: array.astype(np.float32) for key, array in constants.items()}
    nodes = [node("MatMul", "z w", "x"), *DEFINED[name]]
    proto = model(graph(nodes, {"z": [1, 5, 8]}, "y", {"w": draw(8, 8), **given}), opset=23)
    feeds = samples(1, 5, 8, name="z")
    assert "Attention" not in {one.op_type for one in read(tmp_path, proto).nodes}
    proto.graph.output[0].type.tensor_type.elem_type = 1
    result = by_zkinfer(proto, feeds)
    (expected,) = run(result.prepared, feeds[0])
    (found,) = run(result.quantised, feeds[0])
    assert np.abs(found - expected).max() < 0.1 * np.abs(expected).max()
    compare(tmp_path, result.quantised, feeds[0]).require(0.006)
    path = tmp_path / "quantised.onnx"
    path.write_bytes(result.quantised.SerializeToString())
    assert translate(read(tmp_path, result.quantised)).problems == ()
