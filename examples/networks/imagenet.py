"""MobileNetV2 and ResNet-18 as ONNX files with drawn weights: the sizes of networks that classify photographs.

Convolutions without biases and BatchNormalization behind each, as frameworks export them. The weights are normal
numbers of variance 2 / inputs (He et al., 2015); nothing was trained, so their answers mean nothing.
"""

from __future__ import annotations

from math import prod

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from zkinfer.graph.graph import Array

OPSET, IR_VERSION = 17, 8
SIDE, CLASSES = 224, 1000
MOBILE_BLOCKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Sandler et al., 2018, table 2: expansion, channels, blocks, and the first block's stride."""
RESIDUAL_STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))
"""He et al., 2016, table 1, 18 layers: channels and first stride of two blocks each."""


class _Drawn:
    """Nodes and drawn weights as they are added; each method returns the name of its tensor."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, Array] = {}
        self._rng = np.random.default_rng(0)

    def add(self, operator: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))  # type: ignore[arg-type]
        return name

    def weights(self, name: str, *shape: int) -> str:
        deviation = np.sqrt(2.0 / prod(shape[1:]))
        return self.constant(name, deviation * self._rng.standard_normal(shape))

    def constant(self, name: str, values: Array) -> str:
        self.constants[name] = np.asarray(values, dtype=np.float32)
        return name

    def convolution(
        self, x: str, name: str, before: int, after: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> str:
        """A convolution that keeps positions but for its stride, and its normalization."""
        convolved = self.add(
            "Conv",
            [x, self.weights(f"{name}.weight", after, before // groups, kernel, kernel)],
            f"{name}.convolved",
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[kernel // 2] * 4,
            group=groups,
        )
        drawn = {
            "gain": self._rng.uniform(0.5, 1.5, after),
            "shift": self._rng.normal(0, 0.1, after),
            "mean": self._rng.normal(0, 0.1, after),
            "variance": self._rng.uniform(0.5, 1.5, after),
        }
        constants = [self.constant(f"{name}.{part}", values) for part, values in drawn.items()]
        return self.add("BatchNormalization", [convolved, *constants], name, epsilon=1e-5)

    def classified(self, x: str, channels: int) -> ModelProto:
        """The mean over positions, a full layer, and the model that all of it is."""
        flat = self.add("Flatten", [self.add("GlobalAveragePool", [x], "pooled")], "flat", axis=1)
        bias = self.constant("classifier.bias", self._rng.normal(0, 0.1, CLASSES))
        self.add("Gemm", [flat, self.weights("classifier.weight", CLASSES, channels), bias], "scores", transB=1)
        graph = helper.make_graph(
            self.nodes,
            "drawn",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, CLASSES])],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def mobilenet_v2() -> ModelProto:
    """3.5 million parameters: inverted residual blocks of depthwise convolutions, ReLU6 between them."""
    net = _Drawn()
    net.constant("zero", np.array(0))
    net.constant("six", np.array(6))

    def clipped(x: str) -> str:
        return net.add("Clip", [x, "zero", "six"], f"{x}.clipped")

    x, channels = clipped(net.convolution("image", "stem", 3, 32, 3, stride=2)), 32
    for stage, (expansion, after, blocks, first_stride) in enumerate(MOBILE_BLOCKS, 1):
        for block in range(blocks):
            name, stride, before = f"stage{stage}.block{block}", first_stride if block == 0 else 1, x
            inner = channels * expansion
            if expansion > 1:
                x = clipped(net.convolution(x, f"{name}.expand", channels, inner, 1))
            x = clipped(net.convolution(x, f"{name}.depthwise", inner, inner, 3, stride, groups=inner))
            x = net.convolution(x, f"{name}.project", inner, after, 1)
            if stride == 1 and channels == after:
                x = net.add("Add", [before, x], f"{name}.sum")
            channels = after
    return net.classified(clipped(net.convolution(x, "head", channels, 1280, 1)), 1280)


def resnet_18() -> ModelProto:
    """11.7 million parameters: a 7 x 7 convolution, max-pooling, and eight blocks of two 3 x 3 convolutions."""
    net = _Drawn()

    def rectified(x: str) -> str:
        return net.add("Relu", [x], f"{x}.rectified")

    x, channels = rectified(net.convolution("image", "stem", 3, 64, 7, stride=2)), 64
    x = net.add("MaxPool", [x], "stem.pooled", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for stage, (after, first_stride) in enumerate(RESIDUAL_STAGES, 1):
        for block in range(2):
            name, stride, before = f"stage{stage}.block{block}", first_stride if block == 0 else 1, x
            x = rectified(net.convolution(x, f"{name}.first", channels, after, 3, stride))
            x = net.convolution(x, f"{name}.second", after, after, 3)
            if stride > 1:
                before = net.convolution(before, f"{name}.shortcut", channels, after, 1, stride)
            x = rectified(net.add("Add", [x, before], f"{name}.sum"))
            channels = after
    return net.classified(x, channels)
