"""python -m examples.digits FOLDER: train the network, and write it with its data for the tutorial."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from examples.digits.data import load
from examples.digits.model import onnx_model
from examples.digits.train import logits, train

CALIBRATION_IMAGES = 200


def main() -> None:
    """Write digits.onnx, calibration.npy, test.npy, test_labels.npy and one digit.npy."""
    parser = argparse.ArgumentParser(prog="python -m examples.digits", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    training, test = load()
    weights = train(training)
    right = float((logits(weights, test.images).argmax(axis=1) == test.labels).mean())
    (folder / "digits.onnx").write_bytes(onnx_model(weights).SerializeToString())
    np.save(folder / "calibration.npy", training.images[:CALIBRATION_IMAGES, np.newaxis])
    np.save(folder / "test.npy", test.images[:, np.newaxis])
    np.save(folder / "test_labels.npy", test.labels)
    np.save(folder / "digit.npy", test.images[:1])
    print(f"{folder / 'digits.onnx'}: {right:.1%} of {len(test.labels)} test images are read rightly")


if __name__ == "__main__":
    main()
