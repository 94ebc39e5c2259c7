"""A float network and its quantised form: every tensor has a pair, outputs are close, presets do as they say."""

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, numpy_helper

from tests.onnx.models import graph, model, node
from tests.onnx.quantising import (
    attention,
    convolutional,
    draw,
    operators,
    quantised,
    samples,
    token_samples,
    unpaired_tensors,
)
from zkinfer.quantize.onnx import quantizer
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.powers_of_two import power_of_two
from zkinfer.quantize.onnx.quality import MOST_DECIBELS, compare
from zkinfer.quantize.onnx.settings import Settings
from zkinfer_verify.errors import InternalError, UsageError

NETWORKS = {
    "convolutional": (convolutional, lambda: samples(1, 2, 8, 8)),
    "attention": (attention, token_samples),
}
SETTINGS = [{}, {"preset": "mixed"}, {"preset": "int16"}, {"power_of_two": True}, {"per_channel": False}]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_tensor_has_a_pair_and_the_outputs_are_close(name, settings):
    make, data = NETWORKS[name]
    inputs = data()
    result = quantised(make(), inputs, **settings)
    assert list(unpaired_tensors(result.quantised)) == []
    for output in compare(result.prepared, result.quantised, inputs):
        assert 15 < output.decibels < MOST_DECIBELS


def test_more_bits_are_closer():
    proto, data = attention(), token_samples()
    decibels = {}
    for preset in ("int8", "mixed", "int16"):
        result = quantised(proto, data, preset=preset)
        decibels[preset] = compare(result.prepared, result.quantised, data)[0].decibels
    assert decibels["int8"] < decibels["mixed"] < decibels["int16"]


def code_types(proto: ModelProto) -> dict[str, str]:
    """By float tensor, the type of its codes."""
    network = Network(proto)
    pairs = [each for each in proto.graph.node if each.op_type == "QuantizeLinear"]
    return {each.input[0]: network.constants[each.input[2]].dtype.name for each in pairs}


def test_presets_choose_where_16_bits_are():
    proto, data = convolutional(), samples(1, 2, 8, 8)
    assert set(code_types(quantised(proto, data).quantised).values()) == {"int8"}
    mixed = code_types(quantised(proto, data, preset="mixed").quantised)
    # The operands of the sum have 16 bits; what the sum's table reads and all else has 8.
    assert {name for name, kind in mixed.items() if kind == "int16"} == {"c2", "r1"}
    wide = code_types(quantised(proto, data, preset="int16").quantised)
    assert {name for name, kind in wide.items() if kind == "int8"} == {"s", "logits"}


def test_weights_and_biases_are_what_they_should_be():
    result = quantised(convolutional(), samples(1, 2, 8, 8)).quantised
    types = {tensor.name: numpy_helper.to_array(tensor) for tensor in result.graph.initializer}
    assert types["w1_quantized"].dtype == np.int8 and types["b1_quantized"].dtype == np.int32
    assert types["w1_scale"].shape == (4,) and not types["w1_zero_point"].any()
    # A product's scale is that of the input times that of the weights.
    np.testing.assert_allclose(types["b1_quantized_scale"], types["x_scale"] * types["w1_scale"], rtol=1e-6)
    one = quantised(convolutional(), samples(1, 2, 8, 8), per_channel=False).quantised
    assert {tensor.name: list(tensor.dims) for tensor in one.graph.initializer}["w1_scale"] in ([], [1])


def test_a_relu_goes_into_the_range_before_it():
    assert operators(quantised(convolutional(), samples(1, 2, 8, 8)).quantised).count("Relu") == 0


@pytest.mark.parametrize("preset", ["int8", "int16"])
def test_every_scale_is_a_power_of_two_when_asked(preset):
    for make, data in NETWORKS.values():
        result = quantised(make(), data(), preset=preset, power_of_two=True).quantised
        network, seen = Network(result), 0
        for each in result.graph.node:
            if each.op_type in ("QuantizeLinear", "DequantizeLinear"):
                exponents = np.log2(network.constants[each.input[1]].astype(np.float64))
                np.testing.assert_array_equal(exponents, np.rint(exponents))
                seen += 1
        assert seen > 10


def test_rounding_a_scale_up_never_cuts_more_than_the_slack():
    scales = np.array([1.0, 1.1, 1 / 255, 0.75, 3e-5], dtype=np.float32)
    rounded = power_of_two(scales)
    assert np.all(rounded >= 0.99 * scales) and np.all(rounded < 2 * scales)
    assert rounded[0] == 1.0 and rounded[2] == np.float32(1 / 256)


def test_a_large_bias_gets_a_scale_that_fits_32_bits():
    nodes = [node("Gemm", "x w b", "y")]
    constants = {"w": draw(4, 3, scale=1e-9), "b": np.array([3.0, -2.0, 1.0], dtype=np.float32)}
    data = samples(1, 4)
    result = quantised(model(graph(nodes, {"x": [1, 4]}, "y", constants)), data, power_of_two=True)
    assert compare(result.prepared, result.quantised, data)[0].decibels > 25


def test_sixteen_bits_need_no_other_domain():
    result = quantised(attention(), token_samples(), preset="int16").quantised
    assert {each.domain for each in result.graph.node} == {""}
    assert [entry.version for entry in result.opset_import] == [21]


def test_integers_stay_integers():
    result = quantised(attention(), token_samples()).quantised
    gather = next(each for each in result.graph.node if each.op_type == "Gather")
    assert gather.input[1] == "ids" and result.graph.input[0].type.tensor_type.elem_type == TensorProto.INT64


def test_a_quantised_model_is_refused():
    result = quantised(convolutional(), samples(1, 2, 8, 8)).quantised
    with pytest.raises(UsageError, match="is quantised already"):
        quantised(result, samples(1, 2, 8, 8))


@pytest.mark.parametrize(("element", "kind"), [(TensorProto.FLOAT16, "float16"), (TensorProto.DOUBLE, "double")])
def test_another_type_is_refused(element, kind):
    proto = model(graph([node("Relu", "x", "y")], {"x": [1, 2]}, "y", element=element))
    with pytest.raises(UsageError, match=f"computes in {kind}"):
        quantised(proto, samples(1, 2))


def test_a_preset_that_is_not_known_is_refused():
    with pytest.raises(UsageError, match="preset 'int4' is not one of int8, mixed, int16"):
        Settings("int4")
    with pytest.raises(UsageError, match="method 'best' is not one of"):
        Settings(method="best")


def test_a_preparation_that_changes_the_network_is_caught(monkeypatch):
    proto, data = convolutional(), samples(1, 2, 8, 8)
    other = convolutional()  # other weights
    prepare = quantizer.prepare
    monkeypatch.setattr(quantizer, "prepare", lambda _: prepare(other))
    with pytest.raises(InternalError, match="computes something else"):
        quantised(proto, data)


@pytest.mark.parametrize("method", ["entropy", "percentile"])
def test_other_methods_leave_a_lone_value_out(method):
    proto = model(graph([node("Tanh", "x", "y")], {"x": [1, 8000]}, "y"))
    data = samples(1, 8000, count=30)
    data[3]["x"][0, 5] = 50
    scales = {}
    for name in ("minmax", method):
        scales[name] = float(Network(quantised(proto, data, method=name).quantised).constants["x_scale"])
    assert scales[method] < scales["minmax"] / 2
