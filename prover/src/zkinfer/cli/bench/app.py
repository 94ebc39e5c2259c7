"""zkinfer bench: measurements as JSON records. One file a benchmark; this one only lists them.

A benchmark is imported when it is asked for: what measures must not make every other command start later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

SHORT = {
    "reference": "Measure a network whole, beside its plain inference.",
    "batch": "Measure a proof of several inputs beside one of one.",
    "matvec": "Measure a matrix times a hidden vector.",
    "scaling": "Measure how time, memory and bytes grow with the network.",
}
"""The benchmarks, in the order of the help."""


class Benchmarks(TyperGroup):
    """The benchmarks by name. A context and a command are of click, of which some releases of typer hold a copy."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help."""
        return list(SHORT)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one; nothing for another name."""
        if cmd_name not in SHORT:
            return None
        one = typer.Typer(add_completion=False, rich_markup_mode=None)
        one.command(cmd_name, short_help=SHORT[cmd_name])(_function(cmd_name))
        return typer.main.get_command(one)


def _function(name: str) -> Callable[..., None]:
    match name:
        case "reference":
            from zkinfer.cli.bench.reference import reference

            return reference
        case "batch":
            from zkinfer.cli.bench.batch import batch

            return batch
        case "matvec":
            from zkinfer.cli.bench.matvec import matvec

            return matvec
    from zkinfer.cli.bench.scaling import scaling

    return scaling


app = typer.Typer(
    cls=Benchmarks,
    help="Measure on this machine: whole commands, each in a process of its own, as JSON records.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
