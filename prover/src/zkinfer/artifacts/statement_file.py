"""Read a statement file, by path."""

from pathlib import Path

from zkinfer.frontend.files import read_file
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_STATEMENT_BYTES
from zkinfer_verify.statement.statement import Statement


def read_statement(path: Path) -> Statement:
    """Read KEYS/statement.zks.

    Errors: UsageError naming the file and what is wrong with it.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path or run zkinfer setup.") from error
    if size > MAX_STATEMENT_BYTES:
        raise UsageError(f"{path}: has {size} bytes, more than a statement can have; pass KEYS/statement.zks.")
    data = read_file(path)
    try:
        return Statement.from_bytes(data)
    except UsageError as error:
        raise UsageError(f"{path}: {error}; get the statement again, or run zkinfer setup.") from error
