"""zkinfer export: a network of the interchange format as an ONNX model of the same integers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zkinfer.cli.arguments import ModelArgument
from zkinfer.cli.run import Run, command
from zkinfer.frontend.load import load
from zkinfer.frontend.onnx_writer import write_onnx
from zkinfer.graph.graph import Graph
from zkinfer_verify.errors import UsageError


@command
def export(
    run: Run,
    model: ModelArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="MODEL.onnx", help="The file to write.")],
) -> None:
    """Write MODEL.json as an ONNX model that gives the same integers, and displays them alike."""
    if output.suffix.lower() != ".onnx":
        raise UsageError(f"{output}: give it the extension .onnx, by which it is read.")
    with run.step("read"):
        graph = load(model)
    if not isinstance(graph, Graph):
        raise UsageError(f"{model}: is an ONNX model already.")
    with run.step("write"):
        write_onnx(graph, output, integers=True)
    size = output.stat().st_size
    run.result({"model": str(output), "bytes": size, "seconds": run.seconds}, f"{output}  {size:,} bytes")
