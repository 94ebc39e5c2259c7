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
InputsArgument = Annotated[
    list[Path], typer.Argument(metavar="INPUT...", help="The input, as .npy or .json; several are proved together.")
]
KeysArgument = Annotated[Path, typer.Argument(metavar="KEYS", help="The folder that zkinfer setup wrote.")]
StatementArgument = Annotated[
    Path, typer.Argument(metavar="STATEMENT", help="What is proved: a statement.zks file of zkinfer setup.")
]
ProofArgument = Annotated[Path, typer.Argument(metavar="PROOF", help="The proof file.")]
MemoryOption = Annotated[
    str | None, typer.Option("--memory", metavar="LIMIT", help="Stop before passing this much memory, such as 2GB.")
]
InputRangeOption = Annotated[
    str, typer.Option("--input-range", metavar="LO..HI", help="The integers that an input may hold.")
]
ProfileOption = Annotated[str, typer.Option("--profile", help="standard; or small: shorter proofs, more work.")]
MinimiseOption = Annotated[
    str, typer.Option("--minimise", metavar="WHAT", help="Plan for time of the prover, bytes of the proof, or both.")
]
ShapeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--shape", metavar="NAME=1,3,..", help="The shape of an input that the ONNX file leaves open; repeatable."
    ),
]
