"""zkinfer accuracy: how exact are the integers that are proved, layer by layer and on the task?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from zkinfer.artifacts.staging import require_writable
from zkinfer.cli.arguments import ShapeOption
from zkinfer.cli.run import Run, command
from zkinfer.cli.values import parse_shapes
from zkinfer.frontend.calibration import read_calibration
from zkinfer.frontend.inputs import read_input
from zkinfer_verify.errors import UsageError


@command
def accuracy(
    run: Run,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="The quantised network: an .onnx file.")],
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA...", help="Samples: .npy, .npz or .json files, or a folder.")
    ],
    original: Annotated[
        Path | None, typer.Option("--float", metavar="MODEL", help="The float network that MODEL was made from.")
    ] = None,
    labels_file: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="The right index for each sample: .npy or .json.")
    ] = None,
    shape: ShapeOption = None,
    layer_samples: Annotated[
        int, typer.Option("--layer-samples", min=0, metavar="N", help="Compare layers on so many samples.")
    ] = 4,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the layers into a .png file.")
    ] = None,
) -> None:
    """Run MODEL on DATA in onnxruntime and as the integers that are proved, and compare: codes, noise, answers.

    With --float, against the network that MODEL was made from as well; with --labels, how often each is right.
    """
    from zkinfer.bench.plot import require_plot

    require_plot(plot)
    if plot is not None:
        require_writable(plot)
    from zkinfer.frontend.onnx.parse import refused
    from zkinfer.frontend.onnx.proto import read_proto
    from zkinfer.frontend.onnx.translate import load_with_tensors
    from zkinfer.quantize.onnx.samples import inputs_of, samples_of
    from zkinfer.report.accuracy.measure import Compared, measure
    from zkinfer.report.accuracy.plot import write_accuracy_plot
    from zkinfer.report.accuracy.table import accuracy_record, accuracy_table

    shapes = parse_shapes(shape)
    with run.step("read"):
        network, tensors = load_with_tensors(model, shapes)
        proto, _ = read_proto(model, shapes)
        inputs = {given.name: given.shape for given in inputs_of(proto)}
        floats = None if original is None else read_proto(original, inputs)[0]
        if floats is not None and len(floats.graph.output) != len(network.outputs):
            raise UsageError(f"{original}: has other outputs than {model}; pass the model that it was made from.")
        samples = samples_of(read_calibration(data), inputs_of(proto))
        labels = None if labels_file is None else _labels(labels_file, len(samples))
    with refused(original or model, "onnxruntime does not run it"):
        found = measure(Compared(network, tensors, proto, floats), samples, labels, layer_samples, run.step)
    if plot is not None:
        write_accuracy_plot(plot, found)
    run.result(
        {"model": str(model), "samples": len(samples), **accuracy_record(found), "seconds": run.seconds},
        accuracy_table(found),
    )


def _labels(path: Path, samples: int) -> Sequence[int]:
    """Read an index for each sample.

    Errors: UsageError for other arrays.
    """
    array = read_input(path)
    if array.size != samples or not np.array_equal(array, np.rint(array)):
        raise UsageError(f"{path}: has {array.size} numbers; give one index for each of the {samples} samples.")
    return [int(label) for label in array.reshape(-1)]
