"""zkinfer inspect: print a network's layer table."""

from __future__ import annotations

from dataclasses import asdict

from zkinfer.cli.arguments import ModelArgument
from zkinfer.cli.run import Run, command
from zkinfer.frontend.load import load
from zkinfer.report.layer_table import layer_rows, layer_table, total_row


@command
def inspect(run: Run, model: ModelArgument) -> None:
    """Print the layers of MODEL: name, output shape, parameters, multiplications."""
    with run.step("read"):
        graph = load(model)
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
