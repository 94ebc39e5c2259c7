"""Softmax, normalisation and division: the codes are onnxruntime's."""

from __future__ import annotations

import numpy as np
import pytest

import zkinfer as zk
from tests.network.lowered import lowered
from tests.onnx.agreement import compare, quantised
from tests.onnx.test_linear_families import agree, node, normal

INT = np.int64


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16"])
@pytest.mark.parametrize(("shape", "axis"), [((1, 10), -1), ((1, 3, 16, 16), -1), ((1, 5, 6), 1), ((1, 1000), 1)])
def test_softmax(tmp_path, kind, shape, axis):
    agree(tmp_path, [node("Softmax", "x", axis=axis)], {"x": normal(*shape, scale=3.0)}, {}, kind)


@pytest.mark.parametrize("shape", [(1, 10), (1, 40, 60)])
def test_log_softmax(tmp_path, shape):
    agree(tmp_path, [node("LogSoftmax", "x")], {"x": normal(*shape, scale=3.0)}, {}, share=0.002)


LAYERS = {
    "layer": ("LayerNormalization", (1, 16, 64), {"g": normal(64), "b": normal(64, seed=3)}, {}),
    "layer without biases": ("LayerNormalization", (1, 4, 10), {"g": normal(10)}, {"epsilon": 1e-12}),
    "layer of one row": ("LayerNormalization", (1, 512), {"g": normal(512), "b": normal(512, seed=3)}, {}),
    "layer over two axes": (
        "LayerNormalization",
        (2, 3, 8, 6),
        {"g": normal(8, 6), "b": normal(8, 6, seed=3)},
        {"axis": 2},
    ),
    "rms": ("RMSNormalization", (1, 16, 64), {"g": normal(64)}, {}),
    "instance": ("InstanceNormalization", (1, 4, 9, 8), {"g": normal(4), "b": normal(4, seed=3)}, {}),
    "group": ("GroupNormalization", (1, 6, 5, 4), {"g": normal(6), "b": normal(6, seed=3)}, {"num_groups": 3}),
    "length": ("LpNormalization", (1, 128), {}, {}),
    "sum of magnitudes": ("LpNormalization", (3, 50), {}, {"p": 1}),
    "sum of magnitudes along channels": ("LpNormalization", (2, 20, 5, 4), {}, {"axis": 1, "p": 1}),
    "length along channels": ("LpNormalization", (1, 16, 5, 4), {}, {"axis": 1}),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("kind", ["int8", "uint8", "int16"])
def test_normalisation(tmp_path, name, kind):
    op_type, shape, constants, attributes = LAYERS[name]
    one = node(op_type, "x", **attributes)
    one.input.extend(constants)
    # An inverse root is exact to 2^-17: of 16 bits that is at times the next code.
    share = 0.05 if kind == "int16" else 0.002
    agree(tmp_path, [one], {"x": normal(*shape, seed=7)}, constants, kind, share, opset=23)


@pytest.mark.parametrize("name", ["layer", "rms", "length", "sum of magnitudes"])
def test_a_constant_row_has_no_direction(tmp_path, name):
    op_type, shape, constants, attributes = LAYERS[name]
    one = node(op_type, "x", **attributes)
    one.input.extend(constants)
    x = normal(*shape, seed=7)
    x[0, 0] = 0.0
    agree(tmp_path, [one], {"x": x}, constants, share=0.002, opset=23)


def test_skip_layer_normalization(tmp_path):
    one = node("SkipLayerNormalization", "x z g b c", domain="com.microsoft", epsilon=1e-5)
    constants = {"g": normal(32), "b": normal(32, seed=3), "c": normal(32, seed=4)}
    agree(tmp_path, [one], {"x": normal(1, 12, 32), "z": normal(1, 12, 32, seed=5)}, constants, share=0.003)


def test_division_by_a_tensor(tmp_path):
    z = np.abs(normal(1, 3, 8, 8, seed=2)) + np.float32(0.5)
    agree(tmp_path, [node("Div", "x z")], {"x": normal(1, 3, 8, 8), "z": z}, {}, "uint8", share=0.02)


DIVISIONS = {
    "signed": ("x z", {"x": (40, 50), "z": (40, 50)}, {}),
    "of rows": ("x z", {"x": (40, 50), "z": (50,)}, {}),
    "of columns": ("x z", {"x": (40, 1, 50), "z": (40, 1)}, {}),
    "of a number": ("c z", {"z": (40, 50)}, {"c": np.float32(-0.7)}),
}


@pytest.mark.parametrize("name", DIVISIONS)
@pytest.mark.parametrize("kind", ["int8", "int16", "uint16"])
def test_division_by_signed_codes_next_to_zero(tmp_path, name, kind):
    inputs, shapes, constants = DIVISIONS[name]
    feeds = {key: normal(*shape, seed=k) for k, (key, shape) in enumerate(shapes.items())}
    feeds["z"] = np.where(np.abs(feeds["z"]) < 0.03, np.float32(0.4), feeds["z"])
    agree(tmp_path, [node("Div", inputs)], feeds, constants, kind, share=0.002)


def test_division_by_the_finest_codes_holds_in_every_relation(tmp_path):
    feeds = {"x": normal(3, 4), "z": np.float32([[0.001, -0.002, 3.0, -4.0]])}
    nodes = [node("Div", "x z", "q"), node("LpNormalization", "q", p=1)]
    lowered(compare(tmp_path, quantised(nodes, feeds, ["y"], {}, "int16"), feeds).network, feeds).check()


def test_division_by_sums_of_magnitudes_is_proved(tmp_path):
    feeds, path = {"x": normal(3, 4)}, tmp_path / "m.onnx"
    path.write_bytes(quantised([node("LpNormalization", "x", p=1)], feeds, ["y"]).SerializeToString())
    keys = zk.setup(path, profile="toy", allow_toy=True)
    outputs = zk.verify(keys.statement, zk.prove(keys, feeds, allow_toy=True).to_bytes(), model=path, allow_toy=True)
    assert outputs.integers == tuple(zk.infer(path, feeds)[0].integers.reshape(-1).tolist())


def test_several_constants_by_fine_codes_are_refused(tmp_path):
    with pytest.raises(AssertionError, match="it divides several constants by codes of 16 bits; quantise the divisor"):
        agree(tmp_path, [node("Div", "c z")], {"z": normal(4, 3)}, {"c": normal(3)}, "int16")


def test_long_rows_of_fine_codes_are_not_divided_by_their_sums(tmp_path):
    with pytest.raises(AssertionError, match=r"its magnitudes add up to \d+; quantise its input to fewer bits"):
        agree(tmp_path, [node("LpNormalization", "x", p=1)], {"x": normal(2, 600)}, {}, "int16")
