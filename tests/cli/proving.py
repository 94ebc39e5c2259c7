"""Keys and a proof of a small network, made once for the tests of the commands."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.cli.command_line import write_small_model, zkinfer

CONTEXT = "a nonce"


@cache
def _made() -> Path:
    folder = Path(mkdtemp(prefix="zkinfer-tests-"))
    write_small_model(folder)
    zkinfer("setup", "model.json", "-o", "keys", "-q", folder=folder, check=0)
    zkinfer("prove", "keys", "input.json", "-o", "proof", "--context", CONTEXT, "-q", folder=folder, check=0)
    return folder


def copy_small_proof(folder: Path) -> None:
    """model.json, input.json, keys/ and proof (bound to CONTEXT) in `folder`."""
    shutil.copytree(_made(), folder, dirs_exist_ok=True)


def names(folder: Path) -> set[str]:
    """Every file below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
