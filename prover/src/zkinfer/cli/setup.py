"""zkinfer setup: from a model to the statement and the prover's files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zkinfer import api
from zkinfer.artifacts.key_folder import folder_bytes
from zkinfer.cli.arguments import (
    HideOutputOption,
    InputRangeOption,
    MemoryOption,
    MinimiseOption,
    ModelArgument,
    ProfileOption,
    PublicInputOption,
    RevealOption,
    ShapeOption,
)
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps
from zkinfer.cli.values import parse_disclosure, parse_input_range, parse_shapes, parse_size
from zkinfer.report.estimate import estimate_prove, estimate_setup, require_memory
from zkinfer.report.run_table import run_table, seconds_record
from zkinfer.report.usage import peak_memory_bytes
from zkinfer_verify.explain import hidden_facts, public_facts


@command
def setup(
    run: Run,
    model: ModelArgument,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="KEYS", help="The folder to write to.")],
    shape: ShapeOption = None,
    input_range: InputRangeOption = None,
    public_input: PublicInputOption = None,
    hide_output: HideOutputOption = None,
    reveal: RevealOption = None,
    profile: ProfileOption = "standard",
    minimise: MinimiseOption = "both",
    memory: MemoryOption = None,
) -> None:
    """Derive the statement of MODEL and commit its weights: KEYS/statement.zks is public, the rest is the prover's."""
    limit = None if memory is None else parse_size(memory)
    planned = api.plan(
        model,
        shapes=parse_shapes(shape),
        input_range=parse_input_range(input_range),
        disclosure=parse_disclosure(public_input, hide_output, reveal),
        profile=profile,
        minimise=minimise,
        progress=steps(run),
    )
    estimate = estimate_setup(planned.prepared)
    run.note(f"setup  {estimate.words()}\nprove  {estimate_prove(planned.prepared).words()}, each time")
    require_memory(estimate, limit, "setup")
    keys = api.build_keys(planned, folder=folder, progress=steps(run))
    statement, sizes, memory_bytes = keys.statement, folder_bytes(folder), peak_memory_bytes()
    soundness = planned.prepared.schedule.parameters.soundness_bits
    run.result(
        {
            "keys": str(folder),
            "statement": statement.digest.hex(),
            "model_id": statement.model_id.hex(),
            "soundness_bits": soundness,
            "public": public_facts(statement),
            "hidden": hidden_facts(statement),
            "seconds": seconds_record(run.seconds),
            "peak_memory_bytes": memory_bytes,
            "bytes": sizes,
        },
        run_table(
            run.seconds,
            sizes,
            {
                "peak memory": f"{memory_bytes:,} bytes",
                "soundness": f"{soundness:.2f} bits",
                "statement": statement.digest.hex(),
                "model": statement.model_id.hex(),
                "shown": "; ".join(public_facts(statement)),
                "hidden": "; ".join(hidden_facts(statement)),
                "public": f"{folder / 'statement.zks'}: hand it to whoever verifies",
            },
        ),
    )
