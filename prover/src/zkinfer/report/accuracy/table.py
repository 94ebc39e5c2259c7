"""Accuracy as tables for people, and as a record for programs."""

from __future__ import annotations

from math import isfinite

from rich.console import Group, RenderableType
from rich.table import Table

from zkinfer.graph.operator import show
from zkinfer.report.accuracy.figures import Accuracy, Answers, Codes, Layer, Noise
from zkinfer_verify.explain import printable

LONGEST = 40


def accuracy_table(accuracy: Accuracy) -> RenderableType:
    """The layers, and then the outputs."""
    layers = Table("tensor", "shape", box=None, pad_edge=False)
    for heading in ("to noise", "equal alone", "worst", "equal in all", "worst"):
        layers.add_column(heading, justify="right")
    for layer in accuracy.layers:
        noise = layer.against_float
        layers.add_row(
            _short(layer.name), show(layer.shape), _decibels(noise), *_shown(layer.alone), *_shown(layer.whole)
        )
    outputs = Table("output", box=None, pad_edge=False)
    for heading in ("to noise", "largest error", "equal integers", "worst"):
        outputs.add_column(heading, justify="right")
    for answers in accuracy.outputs:
        noise = answers.against_float
        worst = "" if noise is None else f"{noise.worst:.3g}"
        outputs.add_row(printable(answers.name), _decibels(noise), worst, *_shown(answers.whole))
    return Group(layers, "", outputs, "", *_lines(accuracy))


def _lines(accuracy: Accuracy) -> list[str]:
    """How often the answers agree and are right, in sentences."""
    lines = [
        "to noise: what the proved integers stand for, against the float model. equal: proved integers that are "
        "onnxruntime's codes,",
        "alone: each operation given onnxruntime's codes; in all: from the input on. worst: by how many codes.",
    ]
    for answers in accuracy.outputs:
        for pair, count in answers.same.items():
            lines.append(f"{printable(answers.name)}: same largest entry, {pair}: {_share(count, answers.samples)}")
        for model, count in answers.right.items():
            lines.append(f"{printable(answers.name)}: right, {model}: {_share(count, answers.labelled)}")
    return lines


def accuracy_record(accuracy: Accuracy) -> dict[str, object]:
    """The same for programs; decibels are null where there is no noise."""
    return {
        "layers": [_layer_record(layer) for layer in accuracy.layers],
        "outputs": [_answers_record(answers) for answers in accuracy.outputs],
    }


def _layer_record(layer: Layer) -> dict[str, object]:
    return {
        "tensor": layer.name,
        "shape": layer.shape,
        "scale": layer.scale,
        "against_float": _noise_record(layer.against_float),
        "alone": _codes_record(layer.alone),
        "whole": _codes_record(layer.whole),
    }


def _answers_record(answers: Answers) -> dict[str, object]:
    return {
        "output": answers.name,
        "samples": answers.samples,
        "against_float": _noise_record(answers.against_float),
        "whole": _codes_record(answers.whole),
        "same_largest": {pair: count / answers.samples for pair, count in answers.same.items()},
        "right": {model: count / answers.labelled for model, count in answers.right.items()},
    }


def _noise_record(noise: Noise | None) -> dict[str, object] | None:
    if noise is None:
        return None
    return {"decibels": noise.decibels if isfinite(noise.decibels) else None, "worst": noise.worst}


def _codes_record(codes: Codes) -> dict[str, object]:
    return {"equal": codes.equal, "worst": codes.worst, "count": codes.count}


def _decibels(noise: Noise | None) -> str:
    if noise is None:
        return ""
    return f"{noise.decibels:.1f} dB" if isfinite(noise.decibels) else "exact"


def _shown(codes: Codes) -> tuple[str, str]:
    share = f"{codes.equal:.4%}" if codes.differing else "100%"
    return share, str(codes.worst)


def _short(name: str) -> str:
    """Return a name, or the end of a long one."""
    name = printable(name)
    return name if len(name) <= LONGEST else f"..{name[2 - LONGEST :]}"


def _share(count: int, of: int) -> str:
    return f"{count / of:.2%} ({count} of {of})"
