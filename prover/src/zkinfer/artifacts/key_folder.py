"""KEYS: a folder with what setup makes. statement.zks is written last; without it nothing else there is trusted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zkinfer.artifacts import code_file, model_file
from zkinfer.artifacts.code_file import CodeFile, read_code, stage_code
from zkinfer.artifacts.header import AGAIN
from zkinfer.artifacts.keys import Keys
from zkinfer.artifacts.model_file import StoredModel, read_model, stage_model
from zkinfer.artifacts.staging import Staging, locked, staged
from zkinfer.artifacts.statement_file import read_statement
from zkinfer.program.lower import lower, with_root
from zkinfer.program.weights import weight_blocks
from zkinfer.prove.weights import Weights
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError

STATEMENT = "statement.zks"
NAMES = (code_file.NAME, model_file.NAME, STATEMENT)


@dataclass(frozen=True)
class KeyFolder:
    """A key folder in the making."""

    staging: Staging

    def code(self, length: int, rows: int) -> CodeFile:
        """Reserve the code's file; the encoder fills it."""
        return stage_code(self.staging, length, rows)

    def finish(self, keys: Keys, code: CodeFile) -> None:
        """Write everything else; the statement comes last."""
        code.finish(keys.weights.committed, keys.statement)
        stage_model(self.staging, StoredModel(keys.program, keys.lowered.plan))
        self.staging.write(STATEMENT, keys.statement.to_bytes())


@contextmanager
def key_folder(folder: Path) -> Iterator[KeyFolder]:
    """Write keys to a folder, made if need be: all files take their names when the block ends, none if it fails.

    Errors: UsageError naming the file, for a full disk, a folder in use, missing permissions.
    """
    with locked(folder, NAMES), staged(folder) as staging:
        yield KeyFolder(staging)


def load_keys(folder: str | os.PathLike[str], *, allow_toy: bool = False) -> Keys:
    """Read the keys that setup wrote; weights and code are mapped.

    The program and the statement are derived again from the stored model, and must be the stored statement.
    Errors: UsageError naming the file that is missing, damaged, or of another setup.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder; make one with zkinfer setup MODEL -o {folder}.")
    statement = read_statement(folder / STATEMENT)
    stored = read_model(folder / model_file.NAME)
    lowered = lower(stored.program, stored.plan, statement.profile, statement.model_id)
    lowered = with_root(lowered, statement.weight_root)
    if lowered.statement.digest != statement.digest:
        raise UsageError(
            f"{folder}: {model_file.NAME} and {STATEMENT} are of different setups or of another release; {AGAIN}."
        )
    prepared = prepare(lowered.statement, allow_toy)
    blocks = weight_blocks(lowered.statement, stored.program.weight_arrays())
    length = prepared.schedule.parameters.code_length
    committed = read_code(folder / code_file.NAME, lowered.statement, length)
    return Keys(stored.program, lowered, Weights(blocks, committed))


def folder_bytes(folder: Path) -> dict[str, int]:
    """Return the size of each file of a key folder, by name."""
    return {name: (folder / name).stat().st_size for name in reversed(NAMES)}
