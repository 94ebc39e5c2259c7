"""The files that are ours: everything below the root that is neither built nor downloaded."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "verifier" / "src" / "zkinfer_verify"
PROVER = ROOT / "prover" / "src" / "zkinfer"
BUILT = {".git", ".hypothesis", ".venv", "build", "dist", "target", "__pycache__"}


def files(top: Path, *suffixes: str) -> Iterator[Path]:
    """Yield the files below `top` with one of the suffixes (all files without one), in a stable order."""
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = sorted(name for name in subfolders if name not in BUILT and not name.endswith("_cache"))
        for name in sorted(names):
            if not suffixes or name.endswith(suffixes):
                yield Path(folder, name)


def name(path: Path) -> str:
    """Name a file as people do: from the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
