"""Code blocks of the Markdown files, and how each language runs.

A block runs unless the line above it says why not: `<!-- not run: the reason -->`. The Python blocks of a page share
one namespace, from top to bottom. In a `console` block, lines after `$ ` are commands and the others their expected
output, in which `...` stands for anything. A command ends with 0; it finds what a checkout has, such as `python -m
examples.digits`. `text` and `json` are shown, never run.
"""

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.tree import ROOT

RUN = {"python", "console"}
SHOWN = {"text", "json"}
NOT_RUN = re.compile(r"<!-- not run: (\S.*) -->")


@dataclass(frozen=True)
class Block:
    """A fenced block: where its first line of code stands, in what language, and whether it runs."""

    page: Path
    line: int
    language: str
    code: str
    runs: bool


def blocks(page: Path) -> list[Block]:
    """List the fenced blocks of a page, in order."""
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    start: int | None = None
    for i, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = i
            continue
        language = lines[start].removeprefix("```").strip()
        excused = start > 0 and NOT_RUN.fullmatch(lines[start - 1].strip()) is not None
        code = "\n".join(lines[start + 1 : i]) + "\n"
        found.append(Block(page, start + 2, language, code, language in RUN and not excused))
        start = None
    if start is not None:
        raise ValueError(f"{page.name}, line {start + 1}: the block is not closed")
    return found


def run_python(block: Block, namespace: dict[str, Any]) -> None:
    """Run a Python block in `namespace`; a traceback shows the line of the page."""
    code = "\n" * (block.line - 1) + block.code
    exec(compile(code, str(block.page), "exec"), namespace)


def run_console(block: Block, folder: Path) -> None:
    """Run the commands of a console block in `folder` and compare what they print."""
    environment = {
        **os.environ,
        "PATH": _joined(str(Path(sys.executable).parent), os.environ.get("PATH")),
        "PYTHONPATH": _joined(str(ROOT), os.environ.get("PYTHONPATH")),
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    for command, expected in _steps(block):
        done = subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if not doctest.OutputChecker().check_output(expected, done.stdout, doctest.ELLIPSIS):
            raise AssertionError(f"{block.page.name}, `{command}` printed:\n{done.stdout}\nexpected:\n{expected}")
        if done.returncode:
            raise AssertionError(f"{block.page.name}, `{command}` ended with {done.returncode}:\n{done.stdout}")


def _joined(first: str, rest: str | None) -> str:
    return os.pathsep.join([first, rest] if rest else [first])


def _steps(block: Block) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ ", block.code, flags=re.MULTILINE)
    if parts[0]:
        raise ValueError(f"{block.page.name}, line {block.line}: a console block starts with `$ ` and a command")
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts[1:])]
