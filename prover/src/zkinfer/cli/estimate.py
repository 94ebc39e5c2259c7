"""zkinfer estimate: what setup, a proof and its verification will take and make, before any of them starts."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table

from zkinfer import api
from zkinfer.artifacts.code_file import NAME as CODE_FILE
from zkinfer.artifacts.key_folder import STATEMENT
from zkinfer.artifacts.model_file import NAME as MODEL_FILE
from zkinfer.artifacts.model_file import StoredModel, model_size
from zkinfer.cli.arguments import (
    HideOutputOption,
    InputRangeOption,
    MinimiseOption,
    ModelArgument,
    ProfileOption,
    PublicInputOption,
    RevealOption,
    ShapeOption,
)
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps
from zkinfer.cli.values import parse_disclosure, parse_input_range, parse_shapes
from zkinfer.report.calibration import calibration_seconds
from zkinfer.report.estimate import estimate_prove, estimate_setup, estimate_verify, show_bytes


@command
def estimate(
    run: Run,
    model: ModelArgument,
    shape: ShapeOption = None,
    input_range: InputRangeOption = None,
    public_input: PublicInputOption = None,
    hide_output: HideOutputOption = None,
    reveal: RevealOption = None,
    profile: ProfileOption = "standard",
    minimise: MinimiseOption = "both",
) -> None:
    """Tell what setup, a proof and its verification of MODEL take: seconds, memory and bytes; nothing is encoded.

    Bytes are exact but for a proof's Merkle paths. Seconds are those of this machine with all its cores, by a short
    calibration; what else runs meanwhile is not known.
    """
    planned = api.plan(
        model,
        shapes=parse_shapes(shape),
        input_range=parse_input_range(input_range),
        disclosure=parse_disclosure(public_input, hide_output, reveal),
        profile=profile,
        minimise=minimise,
        progress=steps(run),
    )
    with run.step("calibrate"):
        calibration = calibration_seconds()
    prepared, plan = planned.prepared, planned.lowered.plan
    setup, prove = estimate_setup(prepared, calibration), estimate_prove(prepared, calibration)
    seconds = {"setup": setup.seconds, "prove": prove.seconds, "verify": estimate_verify(prepared, calibration)}
    memory = {"setup": setup.memory_bytes, "prove": prove.memory_bytes}
    sizes = {
        STATEMENT: len(planned.lowered.statement.to_bytes()),
        MODEL_FILE: model_size(StoredModel(planned.program, plan)),
        CODE_FILE: setup.disk_bytes,
        "proof": prove.disk_bytes,
    }
    soundness = prepared.schedule.parameters.soundness_bits
    run.result(
        {
            "seconds": seconds,
            "peak_memory_bytes": memory,
            "bytes": sizes,
            "soundness_bits": soundness,
            "plan": {"row_vars": plan.row_vars, "limb_bits": plan.limb_bits, "merged": plan.merged},
            "calibration_seconds": calibration,
        },
        _table(seconds, memory, sizes, f"{soundness:.2f} bits of soundness; rows of 2^{plan.row_vars} cells"),
    )


def _table(seconds: dict[str, float], memory: dict[str, int], sizes: dict[str, int], plan: str) -> RenderableType:
    """Commands with their time and memory, files with their sizes."""
    commands = Table(box=None, pad_edge=False)
    for heading in ("", "time", "memory"):
        commands.add_column(heading, justify="right" if heading else "left")
    for name, value in seconds.items():
        commands.add_row(name, f"{value:.3g} s", show_bytes(memory[name]) if name in memory else "")
    files = Table(box=None, pad_edge=False)
    for heading in ("", "size"):
        files.add_column(heading, justify="right" if heading else "left")
    for name, size in sizes.items():
        files.add_row(name, f"{size:,} bytes")
    return Group(commands, "", files, "", plan)
