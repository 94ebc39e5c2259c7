"""The files of the example: the trained network, and the data that it is quantised and judged by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from examples.digits.data import load
from examples.digits.model import onnx_model
from examples.digits.train import logits, train

CALIBRATION_IMAGES = 200
"""Of those that the network was trained on: the test images choose nothing."""


def write_files(folder: Path) -> tuple[float, int]:
    """Train, and write all files; return the share of the test images that are read rightly, and how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    training, test = load()
    with threadpool_limits(1):  # the products are small: threads would only wait for each other
        weights = train(training)
    (folder / "digits.onnx").write_bytes(onnx_model(weights).SerializeToString())
    np.save(folder / "calibration.npy", training.images[:CALIBRATION_IMAGES, np.newaxis])
    np.save(folder / "test.npy", test.images[:, np.newaxis])
    np.save(folder / "test_labels.npy", test.labels)
    np.save(folder / "digit.npy", test.images[0, np.newaxis])
    return float((logits(weights, test.images).argmax(axis=1) == test.labels).mean()), len(test.labels)
