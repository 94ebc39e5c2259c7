"""Arguments that several subcommands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="The network: a .json file of the interchange format.")
]
InputArgument = Annotated[
    Path,
    typer.Argument(
        metavar="INPUT", help='The input: .npy, or .json as nested lists or {"v":1,"dim":[..],"data":[..]}.'
    ),
]
