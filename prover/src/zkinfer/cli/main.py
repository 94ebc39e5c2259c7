"""zkinfer: the command line. One file a subcommand; this one only lists them."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from zkinfer.cli.accuracy import accuracy
from zkinfer.cli.bench.app import app as bench
from zkinfer.cli.check import check
from zkinfer.cli.estimate import estimate
from zkinfer.cli.explain import explain
from zkinfer.cli.infer import infer
from zkinfer.cli.inspect import inspect
from zkinfer.cli.prove import prove
from zkinfer.cli.quantize import quantize
from zkinfer.cli.reference import reference
from zkinfer.cli.setup import setup
from zkinfer.cli.verify import verify

app = typer.Typer(
    name="zkinfer",
    help="Prove in zero knowledge that a neural network gave an output, without showing the input.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # an error is one sentence; see cli/run.py
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("reference")(reference)
app.command("quantize")(quantize)
app.command("inspect")(inspect)
app.command("infer")(infer)
app.command("estimate")(estimate)
app.command("accuracy")(accuracy)
app.command("setup")(setup)
app.command("check")(check)
app.command("prove")(prove)
app.command("verify")(verify)
app.command("explain")(explain)
app.add_typer(bench, name="bench")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"zkinfer {version('zkinfer')}")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Prove in zero knowledge that a neural network gave an output, without showing the input."""


def main() -> None:
    """Run the command line and exit with its code: 0 done, 1 rejected, 2 usage or bad input, 3 our bug."""
    app()
