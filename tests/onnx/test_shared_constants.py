"""Constants that several nodes read, exponents, and roots of codes below zero: what twin networks and errors have."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import ModelProto

from tests.network.lowered import lowered
from tests.onnx.agreement import compare, run_model
from tests.onnx.agreement import quantised as with_pairs
from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, operators, quantised
from tests.onnx.test_linear_families import node as unary

SETTINGS = [{}, {"power_of_two": True}, {"preset": "int16"}]


def twins() -> ModelProto:
    """The similarity of two inputs that went through the same layer."""
    nodes = [
        node("Gemm", "a w b", "ya"),
        node("Gemm", "c w b", "yc"),
        node("Mul", "ya yc", "products"),
        node("ReduceSum", "products axes", "dot", keepdims=0),
    ]
    constants = {"w": draw(6, 5), "b": draw(5), "axes": np.array([1])}
    return model(graph(nodes, {"a": (1, 6), "c": (1, 6)}, "dot", constants), 17)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_layers_that_share_weights_and_biases(tmp_path, settings):
    data = [{"a": draw(1, 6, scale=1.0), "c": draw(1, 6, scale=2.0)} for _ in range(6)]
    compare(tmp_path, quantised(twins(), data, **settings).quantised, data[0]).require(0.0)


@pytest.mark.parametrize("exponent", [2.0, 3.0])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_powers_of_negative_numbers(tmp_path, settings, exponent):
    nodes = [node("Pow", "x e", "y")]
    proto = model(graph(nodes, {"x": (1, 64)}, "y", {"e": np.array(exponent, np.float32)}), 17)
    data = [{"x": draw(1, 64, scale=1.0)} for _ in range(6)]
    result = quantised(proto, data, **settings)
    assert operators(result.quantised) == ["Pow"]
    agreement = compare(tmp_path, result.quantised, data[0])
    agreement.require(0.02)
    (codes,) = run_model(result.quantised, ["y"], data[0])
    assert np.isfinite(codes).all() and np.abs(codes - data[0]["x"] ** exponent).max() < 0.5


def test_the_root_of_a_negative_code_is_the_least_code(tmp_path):
    x = {"x": np.linspace(-2, 2, 256, dtype=np.float32).reshape(1, 256)}
    agreement = compare(tmp_path, with_pairs([unary("Sqrt", "x")], {"x": np.abs(x["x"])}, ["y"]), x)
    agreement.require(0.0)
    lowered(agreement.network, x).check()
