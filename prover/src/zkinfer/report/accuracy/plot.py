"""Accuracy as a picture: signal to noise layer by layer, and the share of codes that are not onnxruntime's."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from zkinfer.report.accuracy.figures import Accuracy
from zkinfer_verify.errors import UsageError


def write_accuracy_plot(path: Path, accuracy: Accuracy) -> None:
    """Draw the layers into a PNG file; needs no screen.

    Errors: UsageError where the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 3.6), layout="constrained")
    noise, codes = figure.subplots(1, 2)
    measured = [(k, layer.against_float.decibels) for k, layer in enumerate(accuracy.layers) if layer.against_float]
    finite = [(k, decibels) for k, decibels in measured if isfinite(decibels)]
    noise.plot([k for k, _ in finite], [decibels for _, decibels in finite], marker=".")
    noise.set_ylabel("signal to quantisation noise, dB")
    for label, shares in (
        ("each operation given the same codes", [1 - layer.alone.equal for layer in accuracy.layers]),
        ("from the input on", [1 - layer.whole.equal for layer in accuracy.layers]),
    ):
        codes.plot(shares, marker=".", label=label)
    codes.set_ylabel("share of codes that are not onnxruntime's")
    codes.legend()
    for axes in (noise, codes):
        axes.set_xlabel("tensor, in order of computation")
        axes.set_ylim(bottom=0)
    try:
        figure.savefig(path, dpi=80)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place.") from error
