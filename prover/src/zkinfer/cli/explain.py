"""zkinfer explain: a statement or a proof in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from zkinfer.cli.run import Run, command
from zkinfer.report.schedule_table import schedule_table
from zkinfer_verify import explain as words
from zkinfer_verify.check.run import prepare
from zkinfer_verify.cli import read_file
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.statement.statement import Statement


@command
def explain(
    run: Run,
    file: Annotated[Path, typer.Argument(metavar="STATEMENT|PROOF", help="A statement.zks or a proof file.")],
) -> None:
    """Say in plain words what a statement or a proof says: what is public, committed, hidden, and how sure it is.

    With -v, every message of a statement's proofs in order.
    """
    data = read_file(file)
    try:
        explained = words.explain(data)
    except ProofError as error:
        raise UsageError(f"{file}: {error}; get the file again.") from error
    except UsageError as error:
        raise UsageError(f"{file}: {error}; pass KEYS/statement.zks or a proof.") from error
    if not run.verbose or explained.record["kind"] != "statement":
        run.result(explained.record, explained.text)
        return
    messages = prepare(Statement.from_bytes(data), allow_toy=True).schedule.messages
    run.result(explained.record, Group(explained.text, "", schedule_table(messages)))
