"""What accuracy is stated in: signal to noise, shares of equal entries, and how often answers agree."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from zkinfer.graph.operator import Array, Shape

NO_NOISE = float("inf")


@dataclass
class Noise:
    """How far numbers are from those that they stand for, summed up over samples."""

    signal: float = 0.0
    noise: float = 0.0
    worst: float = 0.0

    def add(self, expected: Array, found: Array) -> None:
        """Count one more pair of tensors."""
        difference = found.astype(np.float64) - expected
        self.signal += float(np.square(expected, dtype=np.float64).sum())
        self.noise += float(np.square(difference).sum())
        self.worst = max(self.worst, float(np.abs(difference).max(initial=0.0)))

    @property
    def decibels(self) -> float:
        """10 log10(signal / noise)."""
        if self.noise == 0.0:
            return NO_NOISE
        return float(10 * np.log10(self.signal / self.noise)) if self.signal else -NO_NOISE


@dataclass
class Codes:
    """How many codes differ, and by how much at most, summed up over samples."""

    count: int = 0
    differing: int = 0
    worst: int = 0

    def add(self, expected: Array, found: Array) -> None:
        """Count one more pair of tensors."""
        distance = np.abs(found - expected)
        self.count += distance.size
        self.differing += int(np.count_nonzero(distance))
        self.worst = max(self.worst, int(distance.max(initial=0)))

    @property
    def equal(self) -> float:
        """The share of equal codes."""
        return 1.0 - self.differing / self.count if self.count else 1.0


@dataclass
class Layer:
    """A tensor of codes in the quantised model.

    alone: the proved operation against onnxruntime's, both given onnxruntime's codes; whole: both models from their
    inputs on; against_float: what the proved integers stand for, against the float model; None where that has no tensor
    of this name and shape.
    """

    name: str
    shape: Shape
    scale: float
    alone: Codes = field(default_factory=Codes)
    whole: Codes = field(default_factory=Codes)
    against_float: Noise | None = None


@dataclass
class Answers:
    """One output over all samples: noise, equal integers, and how often its largest entry is the same, or right.

    same: by pairs of models; right: by model, of `labelled` samples.
    """

    name: str
    whole: Codes = field(default_factory=Codes)
    against_float: Noise | None = None
    samples: int = 0
    labelled: int = 0
    same: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)

    def add(self, largest: dict[str, int], label: int | None) -> None:
        """Count a sample; largest: the index of the largest entry, by model."""
        self.samples += 1
        models = list(largest)
        for k, one in enumerate(models):
            for other in models[k + 1 :]:
                pair = f"{one} = {other}"
                self.same[pair] = self.same.get(pair, 0) + (largest[one] == largest[other])
            if label is not None:
                self.right[one] = self.right.get(one, 0) + (largest[one] == label)
        self.labelled += label is not None


@dataclass(frozen=True)
class Accuracy:
    """How exact a quantised model's proved integers are: tensor by tensor, and on the task."""

    layers: tuple[Layer, ...]
    outputs: tuple[Answers, ...]
