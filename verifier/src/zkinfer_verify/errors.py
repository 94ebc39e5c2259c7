"""Floor 0: every exception of the project.

    Exception
    └── ZkinferError        catch this for anything the project raises on purpose
        ├── UsageError      the caller's mistake: a wrong file, shape or option
        ├── ProofError      the adversary's bytes: this proof is rejected
        └── InternalError   our mistake: please report it

`verify` returns outputs or raises, never a bool. For whatever bytes stand where a proof should, it raises `ProofError`
and nothing else. Each message is one sentence; for secret data it names the place and never the value.
"""


class ZkinferError(Exception):
    """The root of the tree; never raised itself."""


class UsageError(ZkinferError):
    """The caller asked for something that cannot be done; the message says what, where, and the remedy."""


class ProofError(ZkinferError):
    """The proof is rejected; the message names the step that caught it."""


class InternalError(ZkinferError):
    """An invariant of our own does not hold: a bug of ours, whatever the input was."""
