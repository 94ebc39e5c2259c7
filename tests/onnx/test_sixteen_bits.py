"""Results of 16 bits are rounded exact sums; float32, in which onnxruntime adds, is off by a code now and then."""

import numpy as np
from onnx import helper

from tests.network.lowered import lowered
from tests.onnx.agreement import compare
from tests.onnx.agreement import quantised as put_in_pairs
from tests.onnx.models import graph, model, node
from tests.onnx.quantising import draw, quantised, samples
from tests.onnx.test_linear_families import normal
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


def test_codes_of_16_bits_change_their_scales_without_tables(tmp_path):
    """A table from 65,536 codes to as many others is what few fit of into a statement."""
    shapes = dict.fromkeys("abcdef", (3, 40))
    feeds = {name: normal(*shape, seed=k, scale=k + 1.3) for k, (name, shape) in enumerate(shapes.items())}
    nodes = [helper.make_node("Concat", list(feeds), ["j"], "join", axis=0), node("Relu", "j", "y")]
    proto = put_in_pairs(nodes, feeds, ["y"], kind="int16")
    agreement = compare(tmp_path, proto, feeds)
    agreement.require(0.002)
    case = lowered(agreement.network, feeds)
    case.check()
    assert all(len(table.image) < 8 for table in case.lowered.statement.tables if table.image)
