"""A statement made ready for its prover, and refused in the words of whoever sets a network up."""

from zkinfer_verify.check.run import Prepared, prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.statement import Statement


def ready(statement: Statement, allow_toy: bool) -> Prepared:
    """Check a statement as its verifiers will, and count what a proof of it holds.

    Errors: UsageError as `prepare`. On toy, whose rows are short, wide tables take more rows, and more of a verifier's
    work, than on standard: then it says so.
    """
    try:
        return prepare(statement, allow_toy)
    except UsageError as error:
        if statement.profile != "toy":
            raise
        raise UsageError(f"{error}; rows of profile toy are short, try --profile standard.") from error
