"""Training in plain NumPy: two convolutions with max-pooling and one matrix, cross entropy, Adam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from examples.digits.data import Digits

Array = NDArray[np.float32]
Weights = dict[str, Array]
EPOCHS, BATCH, RATE = 25, 32, 2e-3


def initial(rng: np.random.Generator) -> Weights:
    """Return He's initialisation: kernels (out, in, 3, 3), a matrix (in, out), biases of zero."""
    shapes = {"conv1": (8, 1, 3, 3), "conv2": (16, 8, 3, 3), "full": (64, 10)}
    weights: Weights = {}
    for name, shape in shapes.items():
        inputs = shape[0] if name == "full" else int(np.prod(shape[1:]))
        weights[name] = (rng.normal(size=shape) * np.sqrt(2.0 / inputs)).astype(np.float32)
        weights[f"{name}_bias"] = np.zeros(shape[1] if name == "full" else shape[0], dtype=np.float32)
    return weights


def logits(weights: Weights, images: Array) -> Array:
    """Return the network's output, (count, 10)."""
    return _forward(weights, images)[0]


def train(data: Digits, seed: int = 0, progress: Callable[[int], None] = lambda epoch: None) -> Weights:
    """Train on the data; the same seed gives the same weights on one machine."""
    rng = np.random.default_rng(seed)
    weights = initial(rng)
    first = {name: np.zeros_like(array) for name, array in weights.items()}
    second = {name: np.zeros_like(array) for name, array in weights.items()}
    step = 0
    for epoch in range(EPOCHS):
        progress(epoch)
        order = rng.permutation(len(data.labels))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            step += 1
            for name, gradient in _gradients(weights, data.images[chosen], data.labels[chosen]).items():
                first[name] += 0.1 * (gradient - first[name])
                second[name] += 0.001 * (gradient**2 - second[name])
                mean, square = first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step)
                weights[name] -= RATE * mean / (np.sqrt(square) + 1e-8)
    return weights


def _forward(weights: Weights, images: Array) -> tuple[Array, list[Array]]:
    """Return the output, and what going back needs: of each layer the columns, the sums and the pooled maxima."""
    kept: list[Array] = []
    x = images
    for name in ("conv1", "conv2"):
        columns = _columns(x)
        sums = columns @ weights[name].reshape(len(weights[name]), -1).T + weights[f"{name}_bias"]
        rectified = np.maximum(sums, 0).transpose(0, 3, 1, 2)
        count, channels, height, width = rectified.shape
        x = rectified.reshape(count, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))
        kept += [columns, rectified, x]
    flat = x.reshape(len(x), -1)
    return flat @ weights["full"] + weights["full_bias"], kept


def _gradients(weights: Weights, images: Array, labels: NDArray[np.int64]) -> Weights:
    """Return the gradient of the mean cross entropy."""
    out, kept = _forward(weights, images)
    shifted = np.exp(out - out.max(axis=1, keepdims=True))
    error = shifted / shifted.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    flat = kept[5].reshape(len(images), -1)
    gradients = {"full": flat.T @ error, "full_bias": error.sum(axis=0)}
    back = (error @ weights["full"].T).reshape(kept[5].shape)
    for layer, name in ((1, "conv2"), (0, "conv1")):
        columns, rectified, pooled = kept[3 * layer : 3 * layer + 3]
        spread = back.repeat(2, axis=2).repeat(2, axis=3)
        chosen = (rectified == pooled.repeat(2, axis=2).repeat(2, axis=3)) & (rectified > 0)
        sums = (spread * chosen).transpose(0, 2, 3, 1)
        gradients[name] = np.tensordot(sums, columns, axes=((0, 1, 2), (0, 1, 2))).reshape(weights[name].shape)
        gradients[f"{name}_bias"] = sums.sum(axis=(0, 1, 2))
        if layer:
            turned = weights[name].transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
            back = (_columns(sums.transpose(0, 3, 1, 2)) @ turned.reshape(len(turned), -1).T).transpose(0, 3, 1, 2)
    return gradients


def _columns(x: Array) -> Array:
    """Return the 3 x 3 windows around every place, (count, height, width, channels * 9)."""
    windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
    count, channels, height, width = x.shape
    return np.ascontiguousarray(windows.transpose(0, 2, 3, 1, 4, 5)).reshape(count, height, width, channels * 9)
