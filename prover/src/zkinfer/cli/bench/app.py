"""zkinfer bench: measurements as JSON records. One file a benchmark; this one only lists them."""

from __future__ import annotations

import typer

from zkinfer.cli.bench.matvec import matvec
from zkinfer.cli.bench.reference import reference
from zkinfer.cli.bench.scaling import scaling

app = typer.Typer(
    help="Measure on this machine: whole commands, each in a process of its own, as JSON records.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("reference")(reference)
app.command("matvec")(matvec)
app.command("scaling")(scaling)
