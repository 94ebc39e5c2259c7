"""The trained network as an ONNX file, as any framework would export it."""

from __future__ import annotations

from onnx import ModelProto, TensorProto, helper, numpy_helper

from examples.digits.train import Weights

OPSET, IR_VERSION = 17, 8


def onnx_model(weights: Weights) -> ModelProto:
    """Return the network: image (1, 1, 8, 8) -> logits (1, 10)."""
    nodes = []
    x = "image"
    for k in (1, 2):
        inputs = [x, f"conv{k}", f"conv{k}_bias"]
        nodes.append(helper.make_node("Conv", inputs, [f"sums{k}"], f"conv{k}", pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"sums{k}"], [f"rectified{k}"], f"relu{k}"))
        nodes.append(
            helper.make_node(
                "MaxPool", [f"rectified{k}"], [f"pooled{k}"], f"pool{k}", kernel_shape=[2, 2], strides=[2, 2]
            )
        )
        x = f"pooled{k}"
    nodes.append(helper.make_node("Flatten", [x], ["flat"], "flatten"))
    nodes.append(helper.make_node("Gemm", ["flat", "full", "full_bias"], ["logits"], "full"))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
