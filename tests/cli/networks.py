"""An ONNX model and inputs for tests of the command line: two inputs, scores and an embedding."""

from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

SCALE = np.float32(1 / 32)


def quantised_model() -> ModelProto:
    """Return relu(image W + features) in codes of 1/32, and scores of it; sums in int8, weights per tensor."""
    random = np.random.default_rng(3)
    constants = {
        "scale": SCALE,
        "zero": np.int8(0),
        "w": random.integers(-9, 10, (6, 4)).astype(np.int8),
        "v": random.integers(-9, 10, (4, 3)).astype(np.int8),
    }
    nodes: list[object] = []

    def add(op_type: str, inputs: str, output: str) -> str:
        nodes.append(helper.make_node(op_type, inputs.split(), [output], f"{output}_node"))
        return output

    def quantised(name: str) -> str:
        codes = add("QuantizeLinear", f"{name} scale zero", f"{name}_codes")
        return add("DequantizeLinear", f"{codes} scale zero", f"{name}_held")

    w, v = (add("DequantizeLinear", f"{name} scale zero", f"{name}_real") for name in ("w", "v"))
    product = quantised(add("MatMul", f"{quantised('image')} {w}", "product"))
    total = add("Add", f"{product} {quantised('features')}", "total")
    embedding = quantised(add("Relu", total, "embedding"))
    scores = quantised(add("MatMul", f"{embedding} {v}", "scores"))
    nodes += [
        helper.make_node("Identity", [scores], ["class/scores"], "out"),
        helper.make_node("Identity", [embedding], ["vector"], "out2"),
    ]
    inputs = [("image", [1, 6]), ("features", [1, 4])]
    outputs = [("class/scores", [1, 3]), ("vector", [1, 4])]
    made = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write_network(folder: Path) -> dict[str, np.ndarray]:
    """Write model.onnx, image.npy, features.npy, both.npz and other.npz; return the arrays of both.npz."""
    (folder / "model.onnx").write_bytes(quantised_model().SerializeToString())
    random = np.random.default_rng(4)

    def draw() -> dict[str, np.ndarray]:
        return {name: random.normal(size=(1, n)).astype(np.float32) for name, n in (("image", 6), ("features", 4))}

    both = draw()
    for name, array in both.items():
        np.save(folder / f"{name}.npy", array)
    np.savez(folder / "both.npz", **both)
    np.savez_compressed(folder / "other.npz", **draw())
    return both
