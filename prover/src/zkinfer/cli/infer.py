"""zkinfer infer: run a network on an input, without proving anything."""

from __future__ import annotations

from typing import Annotated

import typer

from zkinfer.cli.arguments import InputArgument, ModelArgument
from zkinfer.cli.run import Run, command
from zkinfer.execute import fast, plain
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.load import load
from zkinfer.graph.graph import Array, Graph, Normalize
from zkinfer.graph.integers import input_to_integers, to_integers
from zkinfer_verify.errors import UsageError


@command
def infer(
    run: Run,
    model: ModelArgument,
    input_file: InputArgument,
    use_plain: Annotated[bool, typer.Option("--plain", help="Run the plain loops that define each layer.")] = False,
) -> None:
    """Run MODEL on INPUT and print its output: exact integers, and what is shown of them if it ends in normalize."""
    with run.step("read"):
        graph, x = _as_integers_if_possible(load(model), read_input(input_file))
    with run.step("run"):
        tensors = plain.execute(graph, x) if use_plain else fast.execute(graph, x)
    display = tensors[graph.output]
    exact = _before_normalize(graph, tensors)
    integers = exact.tolist() if exact.dtype.kind in "iu" else None
    lines = [] if integers is None else [f"integers  {_numbers(exact)}"]
    if integers is None or display is not exact:
        lines.append(f"display   {_numbers(display)}")
    run.result(
        {
            "outputs": {"integers": integers, "display": display.tolist()},
            "shape": display.shape,
            "executor": "plain" if use_plain else "fast",
            "seconds": run.seconds,
        },
        "\n".join(lines),
    )


def _as_integers_if_possible(graph: Graph, x: Array) -> tuple[Graph, Array]:
    """Integers run exactly; a network of other numbers runs in floats."""
    try:
        return to_integers(graph), input_to_integers(x)
    except UsageError:
        return graph, x


def _before_normalize(graph: Graph, tensors: dict[str, Array]) -> Array:
    last = next(node for node in graph.nodes if node.output == graph.output)
    return tensors[last.inputs[0] if isinstance(last.op, Normalize) else last.output]


def _numbers(array: Array) -> str:
    pattern = "d" if array.dtype.kind in "iu" else ".8g"
    return "  ".join(format(value, pattern) for value in array.reshape(-1).tolist())
