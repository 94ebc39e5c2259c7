"""zkinfer inspect: print a network's layer table, or of an ONNX file which nodes can be proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import typer

from zkinfer.cli.arguments import ModelArgument, ShapeOption
from zkinfer.cli.errors import ExitCode
from zkinfer.cli.run import Run, command
from zkinfer.cli.values import parse_shapes
from zkinfer.frontend.nn_json import read_nn_json
from zkinfer.frontend.onnx.model import Unsupported
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.graph.graph import Shape
from zkinfer.report.import_report import import_report, report_record, report_table
from zkinfer.report.layer_table import layer_rows, layer_table, total_row
from zkinfer_verify.errors import UsageError


@command
def inspect(run: Run, model: ModelArgument, shape: ShapeOption = None) -> None:
    """Print the layers of MODEL: name, output shape, parameters, multiplications.

    Of an ONNX file, every node: operator, output shape, whether it can be proved, why not, and what to do; the exit
    code is 2 if some cannot.
    """
    shapes = parse_shapes(shape)
    if model.suffix.lower() == ".onnx":
        _inspect_onnx(run, model, shapes)
        return
    if shapes:
        raise UsageError(f"{model}: --shape is for ONNX files; the shapes of this one are its own.")
    _inspect_graph(run, model)


def _inspect_graph(run: Run, model: Path) -> None:
    with run.step("read"):
        graph = read_nn_json(model)
    rows = layer_rows(graph)
    total = total_row(graph, rows)
    run.result(
        {
            "model": str(model),
            "input_shape": graph.input_shape,
            "output_shape": total.output_shape,
            "layers": [asdict(row) for row in rows],
            "parameters": total.parameters,
            "multiplications": total.multiplications,
            "seconds": run.seconds,
        },
        layer_table(graph),
    )


def _inspect_onnx(run: Run, path: Path, shapes: Mapping[str, Shape]) -> None:
    from zkinfer.frontend.onnx.translate import translate  # only here: it brings every operator family

    with run.step("read"):
        model = read_onnx(path, shapes)
    problems: tuple[Unsupported, ...] = ()
    failure = ""
    with run.step("translate"):
        try:
            problems = translate(model).problems
        except Unsupported as error:
            problems = (error,)
        except UsageError as error:
            failure = str(error)
    report = import_report(model, problems, failure)
    run.result({**report_record(report), "seconds": run.seconds}, report_table(report))
    if not report.is_supported:
        raise typer.Exit(ExitCode.USAGE)
