"""zkinfer reference: write the reference network and its input."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zkinfer.cli.run import Run, command
from zkinfer.frontend.nn_json_writer import write_array_json, write_nn_json
from zkinfer.frontend.reference import reference_network
from zkinfer_verify.errors import UsageError


@command
def reference(
    run: Run,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write to.")],
) -> None:
    """Write the reference network and its input: DIR/model.json and DIR/input.json."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made a folder ({error.strerror}); choose another place.") from error
    model, image = folder / "model.json", folder / "input.json"
    with run.step("draw"):
        graph, x = reference_network()
    with run.step("write"):
        write_nn_json(graph, model)
        write_array_json(x, image)
    size = {path.name: path.stat().st_size for path in (model, image)}
    run.result(
        {"model": str(model), "input": str(image), "bytes": size, "seconds": run.seconds},
        f"{model}  {size[model.name]:,} bytes\n{image}  {size[image.name]:,} bytes",
    )
