"""zkinfer verify: accept a proof and print its outputs, or say why it is rejected."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from zkinfer import api
from zkinfer.cli.arguments import ProofArgument, ShapeOption, StatementArgument
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps
from zkinfer.cli.values import parse_input_range, parse_shapes
from zkinfer_verify.cli import (
    accepted_record,
    accepted_text,
    parse_context,
    parse_digest,
    read_file,
    read_statement,
)


@command
def verify(
    run: Run,
    statement_file: StatementArgument,
    proof_file: ProofArgument,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="MODEL", help="Derive the statement again from this model.")
    ] = None,
    shape: ShapeOption = None,
    input_range: Annotated[
        str | None, typer.Option("--input-range", metavar="LO..HI", help="The range that the hidden input must have.")
    ] = None,
    context: Annotated[
        str | None, typer.Option("--context", metavar="TEXT|@FILE", help="The context that the proof must be bound to.")
    ] = None,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="DIGEST", help="The digest that the statement must have.")
    ] = None,
) -> None:
    """Verify PROOF against STATEMENT. What is not compared with an option is named so."""
    run.on_error["accepted"] = False
    bound_to = None if context is None else parse_context(context)
    digest = None if expect is None else parse_digest(expect)
    within = parse_input_range(input_range)
    statement, proof = read_statement(statement_file), read_file(proof_file)
    start = time.perf_counter()
    outputs = api.verify(
        statement,
        proof,
        context=bound_to,
        expect=digest,
        model=model,
        shapes=parse_shapes(shape),
        input_range=within,
        progress=steps(run),
    )
    seconds = time.perf_counter() - start
    compared = None
    if digest is not None:
        compared = "the statement has the expected digest"
    if model is not None:
        compared = f"the statement was derived again from {model}"
    # The digest covers the input's range; deriving the statement again takes the range from it.
    pinned = digest is not None or within is not None
    run.result(
        accepted_record(statement, outputs, seconds, context=bound_to is not None, model=compared, input_range=pinned),
        accepted_text(
            statement,
            outputs,
            context=bound_to is not None,
            model=compared,
            input_range=pinned,
            remedies=("--input-range or --expect", "--model or --expect"),
        ),
    )
