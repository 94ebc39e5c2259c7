"""zkinfer check: do the integer relations hold of an input? Nothing is proved."""

from __future__ import annotations

from dataclasses import asdict

from zkinfer import api
from zkinfer.artifacts.key_folder import load_keys
from zkinfer.cli.arguments import InputArgument, KeysArgument, NamedInputOption
from zkinfer.cli.given import read_arguments
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps
from zkinfer.report.run_table import seconds_record


@command
def check(
    run: Run, keys_folder: KeysArgument, input_file: InputArgument = None, named: NamedInputOption = None
) -> None:
    """Run the network of KEYS on INPUT and check every relation in integers, without proving."""
    with run.step("load"):
        keys, x = load_keys(keys_folder), read_arguments([input_file] if input_file else None, named)
    checked = asdict(api.check(keys, x, progress=steps(run)))
    lines = [f"{name.replace('_', ' '):<22}{count:>14,}" for name, count in checked.items()]
    run.result(
        {"fine": True, "checked": checked, "seconds": seconds_record(run.seconds)},
        "\n".join(["every relation holds", *lines]),
    )
