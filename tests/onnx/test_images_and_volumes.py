"""Several images in a batch, and volumes: windows that slide along one to three axes, of one image or of many."""

from __future__ import annotations

import numpy as np
import pytest

import zkinfer as zk
from tests.onnx.agreement import quantised
from tests.onnx.test_linear_families import agree, node, normal

CONVOLUTIONS = {
    "images": ((3, 3, 9, 8), (4, 3, 3, 2), {"pads": [1, 0, 0, 1], "strides": [2, 1]}),
    "images in groups": ((2, 4, 7, 9), (6, 2, 2, 3), {"group": 2, "dilations": [2, 3], "strides": [1, 3]}),
    "images by depth": ((4, 3, 6, 6), (6, 1, 3, 3), {"group": 3, "auto_pad": "SAME_LOWER", "strides": [2, 2]}),
    "images of one axis": ((5, 2, 17), (3, 2, 4), {"strides": [5], "pads": [3, 0], "dilations": [2]}),
    "images of one place": ((3, 4, 1, 1), (5, 4, 3, 3), {"pads": [1, 1, 1, 1]}),
    "volume": ((1, 2, 5, 6, 7), (3, 2, 2, 3, 2), {"strides": [1, 2, 3], "pads": [0, 1, 2, 1, 0, 0]}),
    "volumes": ((2, 2, 4, 5, 3), (4, 1, 3, 2, 1), {"group": 2, "strides": [1, 2, 1], "auto_pad": "SAME_UPPER"}),
    "steps wider than windows": ((2, 1, 7, 7, 7), (2, 1, 2, 2, 2), {"strides": [3, 4, 5]}),
    "one frame of a volume": ((1, 2, 3, 6, 6), (3, 2, 3, 1, 1), {}),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("kind", ["int8", "uint8", "int16"])
def test_convolutions(tmp_path, name, kind):
    shape, kernel, attributes = CONVOLUTIONS[name]
    constants = {"w": normal(*kernel, scale=0.3), "b": normal(kernel[0], seed=2)}
    x = {"x": normal(*shape, seed=3)}
    agree(tmp_path, [node("Conv", "x w b", **attributes)], x, constants, kind, share=0.01 if kind == "int16" else 0.001)


POOLS = {
    "images": ((3, 2, 7, 8), {"kernel_shape": [3, 2], "strides": [2, 3], "pads": [1, 0, 0, 1]}),
    "images rounded up": ((2, 2, 8, 7), {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    "images of one axis": ((4, 2, 11), {"kernel_shape": [2], "strides": [3], "pads": [1, 0]}),
    "volume": ((1, 2, 5, 6, 4), {"kernel_shape": [2, 3, 2], "strides": [2, 1, 2], "pads": [0, 1, 1, 1, 1, 0]}),
    "volumes": ((2, 2, 4, 5, 6), {"kernel_shape": [2, 2, 2], "auto_pad": "SAME_UPPER", "strides": [2, 2, 1]}),
    "large windows of a volume": ((1, 1, 6, 6, 6), {"kernel_shape": [4, 4, 3], "strides": [2, 1, 3]}),
}


@pytest.mark.parametrize("name", POOLS)
def test_the_largest_of_windows(tmp_path, name):
    shape, attributes = POOLS[name]
    agree(tmp_path, [node("MaxPool", "x", **attributes)], {"x": normal(*shape)})


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("padded", [0, 1])
def test_the_mean_of_windows(tmp_path, name, padded):
    shape, attributes = POOLS[name]
    agree(tmp_path, [node("AveragePool", "x", count_include_pad=padded, **attributes)], {"x": normal(*shape)})


OTHERS = {
    "global average": ([node("GlobalAveragePool", "x")], {}),
    "global maximum": ([node("GlobalMaxPool", "x")], {}),
    "norm of channels": (
        [node("BatchNormalization", "x g b m v")],
        {"g": (3,), "b": (3,), "m": (3,), "v": np.array([0.5, 1.0, 2.0], dtype=np.float32)},
    ),
    "norm of places": ([node("InstanceNormalization", "x g b")], {"g": (3,), "b": (3,)}),
    "slopes": ([node("PRelu", "x g")], {"g": (3, 1, 1)}),
    "transposed": ([node("ConvTranspose", "x w b", strides=[2, 2])], {"w": (3, 2, 2, 2), "b": (2,)}),
    "nearest": ([node("Resize", "x - s", mode="nearest")], {"s": np.float32([1, 1, 2, 3])}),
    "linear": ([node("Resize", "x - s", mode="linear")], {"s": np.float32([1, 1, 2, 1.5])}),
    "from blocks": ([node("SpaceToDepth", "x", blocksize=2)], {}),
    "flattened": ([node("Flatten", "x", "f"), node("Gemm", "f w b", transB=1)], {"w": (5, 72), "b": (5,)}),
    "after a pool": (
        [node("MaxPool", "x", "p", kernel_shape=[2, 2], strides=[2, 2]), node("Conv", "p w", pads=[1, 1, 0, 0])],
        {"w": (2, 3, 2, 2)},
    ),
    "between rows": (
        [node("Transpose", "x", "r", perm=[0, 2, 3, 1]), node("Softmax", "r", "s"), node("ReduceMean", "s a")],
        {"a": np.array([1, 2])},
    ),
}


def made(name):
    """The nodes and constants; an input that is left out is written `-`."""
    nodes, weights = OTHERS[name]
    for one in nodes:
        one.input[:] = ["" if text == "-" else text for text in one.input]
    drawn = {
        key: w if isinstance(w, np.ndarray) else normal(*w, seed=k, scale=0.3)
        for k, (key, w) in enumerate(weights.items())
    }
    return nodes, drawn


@pytest.mark.parametrize("name", OTHERS)
def test_batches_of_images(tmp_path, name):
    nodes, constants = made(name)
    agree(tmp_path, nodes, {"x": normal(2, 3, 6, 4, seed=8)}, constants, share=0.004)


@pytest.mark.parametrize("shape", [(3, 2, 6, 5), (1, 1, 4, 3, 4)])
def test_batches_and_volumes_are_proved(tmp_path, shape):
    axes = len(shape) - 2
    constants = {"w": normal(3, shape[1], *(2,) * axes), "v": normal(3, 2, *(3,) * axes)}
    nodes = [
        node("Conv", "x w", "c", pads=[1, 0] * axes),
        node("MaxPool", "c", "p", kernel_shape=[2] * axes),
        node("ConvTranspose", "p v", strides=[2] * axes, pads=[1, 1] * axes),
    ]
    x, path = normal(*shape, seed=4), tmp_path / "m.onnx"
    path.write_bytes(quantised(nodes, {"x": x}, ["y"], constants).SerializeToString())
    keys = zk.setup(path, profile="toy", allow_toy=True)
    proof = zk.prove(keys, x, allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, proof, model=path, allow_toy=True)
    assert outputs.integers == tuple(zk.infer(path, x)[0].integers.reshape(-1).tolist())
    pair = zk.batch(keys, 2)  # an axis of its own, beside that of the images
    proof = zk.prove(pair, np.stack([x, -x]), allow_toy=True).to_bytes()
    outputs = zk.verify(pair.statement, proof, model=path, allow_toy=True)
    expected = [zk.infer(path, one)[0].integers.reshape(-1) for one in (x, -x)]
    assert outputs.integers == tuple(np.concatenate(expected).tolist())
