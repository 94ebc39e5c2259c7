"""zkinfer infer: run a network on an input, without proving anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from zkinfer.cli.arguments import InputArgument, ModelArgument, NamedInputOption, ShapeOption
from zkinfer.cli.given import read_arguments
from zkinfer.cli.run import Run, command
from zkinfer.cli.values import parse_shapes
from zkinfer.frontend.load import load
from zkinfer.graph.operator import Array
from zkinfer.program.inference import Output, infer_model
from zkinfer_verify.explain import printable, show_numbers


@command
def infer(
    run: Run,
    model: ModelArgument,
    input_file: InputArgument = None,
    named: NamedInputOption = None,
    shape: ShapeOption = None,
    use_plain: Annotated[
        bool, typer.Option("--plain", help="Run the plain loops that define each layer of a .json model.")
    ] = False,
) -> None:
    """Run MODEL on INPUT and print its outputs: exact integers, and what they stand for or how they are displayed."""
    with run.step("read"):
        network, x = load(model, parse_shapes(shape)), read_arguments([input_file] if input_file else None, named)
    with run.step("run"):
        outputs = infer_model(network, x, use_plain=use_plain)
    run.result(
        {
            **_record(outputs),
            "executor": "plain" if use_plain else "fast",
            "seconds": run.seconds,
        },
        "\n".join(line for output in outputs for line in _lines(output, named=len(outputs) > 1)),
    )


def _record(outputs: Sequence[Output]) -> dict[str, object]:
    """The integers and what they stand for; of several outputs, a list of each."""
    integers = [None if output.integers is None else output.integers.tolist() for output in outputs]
    display = [output.values.tolist() for output in outputs]
    shapes = [output.values.shape for output in outputs]
    if len(outputs) == 1:
        return {"outputs": {"integers": integers[0], "display": display[0]}, "shape": shapes[0]}
    names = [output.name for output in outputs]
    return {"outputs": {"names": names, "integers": integers, "display": display}, "shape": shapes}


def _lines(output: Output, *, named: bool) -> list[str]:
    """The integers, and the values where they differ."""
    lines = [printable(output.name)] if named else []
    if output.integers is not None:
        lines.append(f"integers  {_numbers(output.integers)}")
    if output.integers is None or (output.integers != output.values).any():
        lines.append(f"display   {_numbers(output.values)}")
    return lines


def _numbers(array: Array) -> str:
    pattern = "d" if array.dtype.kind in "iu" else ".8g"
    return show_numbers([format(value, pattern) for value in array.reshape(-1).tolist()])
