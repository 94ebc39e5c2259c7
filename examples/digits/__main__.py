"""python -m examples.digits FOLDER: train the network, and write it with its data for the tutorial."""

from __future__ import annotations

import argparse
from pathlib import Path

from examples.digits.files import write_files


def main() -> None:
    """Write digits.onnx, calibration.npy, test.npy, test_labels.npy and one digit.npy."""
    parser = argparse.ArgumentParser(prog="python -m examples.digits", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    right, images = write_files(folder)
    print(f"{folder / 'digits.onnx'}: {right:.1%} of {images} test images are read rightly")


if __name__ == "__main__":
    main()
