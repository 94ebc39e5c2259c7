"""Largest and smallest entries: the codes are onnxruntime's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.lowered import lowered
from tests.onnx.agreement import compare, quantised
from tests.onnx.test_linear_families import agree, node, normal

AXES = {"all": None, "channels": [1], "places": [2, 3], "the last": [-1]}


@pytest.mark.parametrize("op_type", ["ReduceMax", "ReduceMin"])
@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("kind", ["int8", "uint8", "int16"])
def test_extremes_along_axes(tmp_path, op_type, name, kind):
    constants = {} if AXES[name] is None else {"axes": np.array(AXES[name], np.int64)}
    one = node(op_type, " ".join(["x", *constants]), keepdims=int(name == "channels"))
    agree(tmp_path, [one], {"x": normal(1, 3, 6, 8)}, constants, kind, share=0.01)


@pytest.mark.parametrize("op_type", ["Max", "Min"])
@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_extremes_of_tensors_are_rounded_once(tmp_path, op_type, kind):
    feeds = {"x": normal(1, 3, 30, 8), "z": normal(1, 3, 30, 8, seed=2, scale=1.3), "w": normal(3, 1, 8, seed=3)}
    agree(tmp_path, [node(op_type, "x z w")], feeds, {}, kind)


@pytest.mark.parametrize("op_type", ["Max", "Min"])
@pytest.mark.parametrize("bound", [np.float32(0.3), normal(8, seed=4), normal(3, 1, 1, seed=4)])
@pytest.mark.parametrize("order", ["x k", "k x"])
def test_extremes_of_a_tensor_and_constants(tmp_path, op_type, bound, order):
    agree(tmp_path, [node(op_type, order)], {"x": normal(1, 3, 20, 8)}, {"k": bound})


def test_a_function_of_extremes_without_a_scale_in_between(tmp_path):
    feeds = {"x": normal(1, 4, 8), "z": normal(1, 4, 8, seed=2)}
    nodes = [node("Max", "x z", "m"), node("Neg", "m", "n"), node("Concat", "m n", axis=1)]
    model = quantised(nodes, feeds, ["y"])
    inner = {"Neg": ["m"], "Concat": ["m", "n"]}
    for one in model.graph.node:
        one.input[:] = inner.get(one.op_type, one.input)
    agreement = compare(tmp_path, model, feeds)
    agreement.require(0.5)
    lowered(agreement.network, feeds).check()
