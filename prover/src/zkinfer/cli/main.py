"""zkinfer: the command line. One file a subcommand; this one only lists them."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer

from zkinfer.cli.accuracy import accuracy
from zkinfer.cli.allocator import keep_freed_memory
from zkinfer.cli.bench.app import app as bench
from zkinfer.cli.check import check
from zkinfer.cli.errors import ExitCode
from zkinfer.cli.estimate import estimate
from zkinfer.cli.explain import explain
from zkinfer.cli.export import export
from zkinfer.cli.infer import infer
from zkinfer.cli.inspect import inspect
from zkinfer.cli.prove import prove
from zkinfer.cli.quantize import quantize
from zkinfer.cli.reference import reference
from zkinfer.cli.run import write_failure
from zkinfer.cli.setup import setup
from zkinfer.cli.verify import verify
from zkinfer_verify.errors import UsageError

app = typer.Typer(
    name="zkinfer",
    help="Prove in zero knowledge that a neural network gave an output, without showing the input.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # an error is one sentence; see cli/run.py
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("reference", short_help="Write the reference network and its input.")(reference)
app.command("quantize", short_help="Make integers of a float ONNX model.")(quantize)
app.command("export", short_help="Write a .json model as an ONNX model of the same integers.")(export)
app.command("inspect", short_help="Print a model's layers, and which of them can be proved.")(inspect)
app.command("infer", short_help="Run a model in exact integers; nothing is proved.")(infer)
app.command("estimate", short_help="Tell what setup, a proof and its verification would take.")(estimate)
app.command("accuracy", short_help="Compare float, quantised and proved, layer by layer.")(accuracy)
app.command("setup", short_help="Write the public statement and the prover's keys of a model.")(setup)
app.command("check", short_help="Check every relation on an input, without proving.")(check)
app.command("prove", short_help="Prove what the network gives on an input that stays hidden.")(prove)
app.command("verify", short_help="Verify a proof.")(verify)
app.command("explain", short_help="Say what a statement or a proof shows and what it hides.")(explain)
app.add_typer(bench, name="bench", short_help="Measure on this machine.")


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


WRONG_USAGE = tuple(
    kind for kind in typer.BadParameter.__mro__ if issubclass(kind, Exception) and kind.__name__ == "ClickException"
)
"""What is raised for arguments that do not fit; of which package its class is depends on typer's release."""


def main() -> None:
    """Run the command line and exit with its code: 0 done, 1 rejected, 2 usage or bad input, 3 our bug."""
    keep_freed_memory()
    try:
        code = app(standalone_mode=False)
    except WRONG_USAGE as error:
        _report_usage(error)
        code = ExitCode.USAGE
    except typer.Abort:
        raise KeyboardInterrupt from None
    sys.exit(code or ExitCode.DONE)


def _report_usage(error: Any) -> None:
    """Say which argument does not fit, and say it as JSON too where that is asked for."""
    error.show()
    if "--json" in sys.argv[1:]:
        write_failure(UsageError(error.format_message()))
