"""What every subcommand shares: the options --json, --threads, -v and -q, timings, and the way errors end.

A subcommand is a function whose first argument is a Run; `command` turns it into what typer takes:

    @command
    def inspect(run: Run, model: ModelArgument) -> None:
        with run.step("read"):
            graph = load(model)
        run.result(record, layer_table(graph))
"""

from __future__ import annotations

import functools
import inspect
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Concatenate, ParamSpec

import typer
from rich.console import RenderableType
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from zkinfer.cli.errors import ExitCode, exit_code, sentence
from zkinfer.cli.output import progress_bar, silence_stdout, write_json, write_log, write_result

P = ParamSpec("P")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
ThreadsOption = Annotated[int | None, typer.Option("--threads", min=1, help="Use at most N threads.", metavar="N")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Log each step; show the trace of an error.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Log nothing but errors.")]


@dataclass
class Run:
    """One run of a subcommand: its shared options, and the seconds of each step so far."""

    json: bool = False
    threads: int | None = None
    verbose: bool = False
    quiet: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    on_error: dict[str, object] = field(default_factory=dict)  # joins the JSON object of a failure

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Time a step and show that it runs; the value advances its progress bar, which ends at `total`."""
        start = time.perf_counter()
        with progress_bar(name, total, visible=not (self.quiet or self.json)) as advance:
            yield advance
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        if self.verbose:
            write_log(f"{name}: {self.seconds[name]:.3f} s")

    def note(self, text: str) -> None:
        """Tell the person something that is not the result, on standard error."""
        if not self.quiet:
            write_log(text)

    def result(self, record: Mapping[str, object], people: RenderableType) -> None:
        """Print the result: `record` with --json, otherwise `people`."""
        if self.json:
            write_json(record)
        else:
            write_result(people)


def command(function: Callable[Concatenate[Run, P], None]) -> Callable[..., None]:
    """The subcommand with the shared options, where every error ends as one sentence and an exit code."""

    @functools.wraps(function)
    def with_options(*args: Any, json: bool, threads: int | None, verbose: bool, quiet: bool, **kwargs: Any) -> None:
        run = Run(json, threads, verbose, quiet)
        try:
            with _limit(threads):
                function(run, *args, **kwargs)
        except BrokenPipeError:
            # Whoever read our output has left. Not 0: what was to be said may not have been.
            silence_stdout()
            raise typer.Exit(ExitCode.USAGE) from None
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, typer.Exit):
                raise
            _report(error, run)
            raise typer.Exit(exit_code(error)) from None

    options = {
        "json": (JsonOption, False),
        "threads": (ThreadsOption, None),
        "verbose": (VerboseOption, False),
        "quiet": (QuietOption, False),
    }
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for name, (annotation, default) in options.items()
    ]
    # typer learns a command's options from its signature.
    with_options.__dict__["__signature__"] = inspect.Signature([*own, *shared])
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *shared]}
    return with_options


def _report(error: BaseException, run: Run) -> None:
    if run.verbose:
        write_log("".join(traceback.format_exception(error)).rstrip())
    write_log(f"zkinfer: {sentence(error)}")
    if run.json:
        write_failure(error, run.on_error)


def write_failure(error: BaseException, beside: Mapping[str, object] | None = None) -> None:
    """Print what --json prints of a command that failed; beside: what else is in the object."""
    try:
        write_json({**(beside or {}), "error": {"kind": exit_code(error).name.lower(), "message": sentence(error)}})
    except BrokenPipeError:
        silence_stdout()


def _limit(threads: int | None) -> AbstractContextManager[object]:
    """Limit the matrix products' threads in this block, and those of the Rust kernels, which start when first used."""
    if threads is not None:
        os.environ["RAYON_NUM_THREADS"] = str(threads)
    limits: AbstractContextManager[object] = threadpool_limits(threads)
    return limits
