"""onnxruntime as one function: a session that says nothing, on the processor."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from zkinfer.graph.graph import Array

if TYPE_CHECKING:
    from onnx import ModelProto

Optimisation = Literal["none", "basic", "all"]
FATAL = 4
"""The least severity that is logged: what goes wrong is raised as well."""


def run_model(
    model: ModelProto, *, optimise: Optimisation = "none", saved_as: Path | None = None
) -> Callable[[Mapping[str, Array]], list[Array]]:
    """The model as a function from its inputs by name to its outputs.

    optimise: "none" runs each node as it is written; "basic" folds constants and joins operators into standard ones;
    "all" is what onnxruntime does unless it is told otherwise: quantised layers run on integers.
    saved_as: write the model there, as it is run.
    """
    import onnxruntime  # type: ignore[import-untyped]  # ships no types

    levels = onnxruntime.GraphOptimizationLevel
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = FATAL
    settings.graph_optimization_level = {
        "none": levels.ORT_DISABLE_ALL,
        "basic": levels.ORT_ENABLE_BASIC,
        "all": levels.ORT_ENABLE_ALL,
    }[optimise]
    if saved_as is not None:
        settings.optimized_model_filepath = str(saved_as)
    session = onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return lambda inputs: [np.asarray(output) for output in session.run(None, dict(inputs))]


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """In this block onnxruntime's quantiser prints nothing, and logs nothing under an error."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
