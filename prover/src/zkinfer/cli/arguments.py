"""Arguments that several subcommands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zkinfer.network.label import FORMS

ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="The network: an .onnx file, or .json of the interchange format.")
]
InputArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="INPUT",
        show_default=False,
        help='The input: .npy, .json as nested lists or {"v":1,"dim":[..],"data":[..]}; several by name: .npz.',
    ),
]
InputsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="INPUT...", show_default=False, help="The input: .npy, .json or .npz; several are proved together."
    ),
]
NamedInputOption = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME=FILE", help="One of several inputs by its name: .npy or .json; repeatable."),
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
    str | None,
    typer.Option(
        "--input-range",
        metavar="LO..HI",
        help="The integers that an input may hold: -128..127, or those of the ONNX file; within these, narrower ones.",
    ),
]
PublicInputOption = Annotated[
    list[str] | None,
    typer.Option("--public-input", metavar="NAME", help="An input of the ONNX file that everyone sees; repeatable."),
]
HideOutputOption = Annotated[
    list[str] | None,
    typer.Option("--hide-output", metavar="NAME", help="An output of the ONNX file that nobody sees; repeatable."),
]
RevealOption = Annotated[
    list[str] | None,
    typer.Option("--reveal", metavar="NAME=LABEL", help=f"Show only a label of an output, {FORMS}; repeatable."),
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
