"""The ranges that the tensors of a float network take on calibration data, by onnxruntime's calibrators."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.runtime import quietly

if TYPE_CHECKING:
    from onnx import ModelProto

Sample = Mapping[str, Array]
"""An array for each input of the network."""
Ranges = Any
"""onnxruntime's TensorsData: by a tensor's name, what has a `range_value` of two numbers."""

HISTOGRAMS = {"entropy": {"num_bins": 512, "num_quantized_bins": 128}, "percentile": {"num_bins": 2048}}
"""As many bins as codes, onnxruntime's own choice for the entropy, would cut nothing off."""


class _Reader:
    """Samples as onnxruntime's calibrators take them."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.left: Iterator[Sample] = iter(samples)

    def get_next(self) -> dict[str, Array] | None:
        """The next sample, or nothing."""
        sample = next(self.left, None)
        return None if sample is None else dict(sample)


def collect_ranges(model: ModelProto, samples: Sequence[Sample], method: str) -> Ranges:
    """Return the range of every float tensor, the inputs and outputs of the network among them."""
    import onnx
    from onnxruntime.quantization.calibrate import (  # type: ignore[import-untyped]  # ships no types
        CalibrationMethod,
        create_calibrator,
    )

    methods = {
        "minmax": CalibrationMethod.MinMax,
        "entropy": CalibrationMethod.Entropy,
        "percentile": CalibrationMethod.Percentile,
    }
    with tempfile.TemporaryDirectory() as folder, quietly():
        path = Path(folder) / "model.onnx"
        onnx.save(model, path)
        calibrator = create_calibrator(
            path,
            augmented_model_path=str(Path(folder) / "augmented.onnx"),
            calibrate_method=methods[method],
            extra_options=HISTOGRAMS.get(method, {}),
        )
        calibrator.collect_data(_Reader(samples))
        return calibrator.compute_data()
