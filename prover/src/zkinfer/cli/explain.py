"""zkinfer explain: a statement or a proof in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zkinfer.cli.run import Run, command
from zkinfer_verify import explain as words
from zkinfer_verify.cli import read_file
from zkinfer_verify.errors import ProofError, UsageError


@command
def explain(
    run: Run,
    file: Annotated[Path, typer.Argument(metavar="STATEMENT|PROOF", help="A statement.zks or a proof file.")],
) -> None:
    """Say in plain words what a statement or a proof says: what is public, committed, hidden, and how sure it is."""
    try:
        explained = words.explain(read_file(file))
    except ProofError as error:
        raise UsageError(f"{file}: {error}; get the file again.") from error
    except UsageError as error:
        raise UsageError(f"{file}: {error}; pass KEYS/statement.zks or a proof.") from error
    run.result(explained.record, explained.text)
