"""How far a model's outputs are from another's: signal to noise, and how often the largest entry is the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.graph.graph import Array
from zkinfer.quantize.onnx.ranges import Sample
from zkinfer.quantize.onnx.runtime import run_model

if TYPE_CHECKING:
    from onnx import ModelProto

MOST_DECIBELS = 200.0
"""Said where there is no noise at all."""


@dataclass(frozen=True)
class OutputQuality:
    """One output over all samples. decibels: 10 log10(signal power / noise power); worst: the largest difference."""

    name: str
    decibels: float
    worst: float
    same_largest: float


def compare(expected: ModelProto, found: ModelProto, samples: Sequence[Sample]) -> list[OutputQuality]:
    """Compare the outputs of two models that take and give the same, by name in order."""
    first, second = run_model(expected), run_model(found)
    results = [(_doubles(first(sample)), _doubles(second(sample))) for sample in samples]
    names = [value.name for value in expected.graph.output]
    return [_quality(name, [(a[k], b[k]) for a, b in results]) for k, name in enumerate(names)]


def _doubles(outputs: list[Array]) -> list[Array]:
    return [output.astype(np.float64) for output in outputs]


def _quality(name: str, pairs: Sequence[tuple[Array, Array]]) -> OutputQuality:
    signal = sum(float(np.sum(a**2)) for a, _ in pairs)
    noise = sum(float(np.sum((a - b) ** 2)) for a, b in pairs)
    decibels = 10 * np.log10(signal / noise) if noise and signal else (MOST_DECIBELS if not noise else -MOST_DECIBELS)
    return OutputQuality(
        name,
        float(np.clip(decibels, -MOST_DECIBELS, MOST_DECIBELS)),
        max(float(np.max(np.abs(a - b), initial=0.0)) for a, b in pairs),
        float(np.mean([a.size == 0 or np.argmax(a) == np.argmax(b) for a, b in pairs])),
    )
