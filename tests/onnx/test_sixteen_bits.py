"""Results of 16 bits are rounded exact sums; float32, in which onnxruntime adds, is off by a code now and then."""

import numpy as np

from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, quantised, samples
from zkinfer.frontend.onnx.translate import load_onnx
from zkinfer.program.inference import infer_model
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.runtime import run_model


def test_codes_of_16_bits_are_those_of_exact_sums(tmp_path):
    data = samples(16, 384, count=4)
    proto = model(graph([node("MatMul", "x w", "y")], {"x": [16, 384]}, "y", {"w": draw(384, 64)}))
    result = quantised(proto, data, preset="int16").quantised
    (tmp_path / "network.onnx").write_bytes(result.SerializeToString())
    network, run, constants = load_onnx(tmp_path / "network.onnx"), run_model(result), Network(result).constants

    def real(name, codes):
        scale, zero = constants[f"{name}_scale"].astype(np.float64), constants[f"{name}_zero_point"].astype(np.int64)
        return scale * (codes.astype(np.int64) - zero)

    scale, zero = float(constants["x_scale"]), int(constants["x_zero_point"])
    ends = np.iinfo(constants["x_zero_point"].dtype)
    for sample in data:
        codes = np.clip(np.rint(sample["x"] / np.float32(scale)).astype(np.int64) + zero, ends.min, ends.max)
        exact = real("x", codes) @ real("w", constants["w_quantized"])
        (output,) = infer_model(network, sample)
        offset = int(constants["y_zero_point"])
        steps = np.clip(np.rint(exact / float(constants["y_scale"])), ends.min - offset, ends.max - offset)
        ours = np.rint(output.values / float(constants["y_scale"]))
        np.testing.assert_array_equal(ours, steps)
        theirs = np.rint(run(sample)[0] / constants["y_scale"])
        assert np.abs(theirs - steps).max() <= 1
