"""The transcript of the reductions that the prover runs on its own messages: the sender's, not hashed again."""

from zkinfer.prove.sender import Sender
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.transcript.schedule import Kind, Message
from zkinfer_verify.transcript.transcript import Transcript


class Echo(Transcript):
    """Takes the items that a sender's transcript took from now on, in their order, and answers with what it drew.

    Errors: InternalError for any item but the sender's next one, and for one that the sender has not taken yet.
    """

    def __init__(self, tx: Sender) -> None:
        super().__init__()
        self._tx, self._next, self._answered = tx, len(tx.transcript.record), len(tx.drawn)

    def require_all_taken(self, step: str) -> None:
        """Check that the sender has taken no item that was not taken here.

        Errors: InternalError naming the step and the item.
        """
        theirs = self._tx.transcript.record
        if self._next < len(theirs):
            raise InternalError(f"prover and reductions part in step {step!r}: {theirs[self._next]} is read by none")

    def challenges(self, label: str, count: int) -> list[Ext]:
        """Answer with the challenges that the sender has drawn."""
        self._take(Message("verifier", label, Kind.CHALLENGE, count))
        self._answered += 1
        return list(self._tx.drawn[self._answered - 1])

    def _absorb(self, kind: Kind, label: str, data: bytes, sender: str, count: int) -> None:
        self._take(Message(sender, label, kind, count))

    def _take(self, message: Message) -> None:
        theirs = self._tx.transcript.record
        planned = theirs[self._next] if self._next < len(theirs) else None
        if message != planned:
            raise InternalError(f"prover and reductions part: these take {message}, the prover {planned}")
        self._next += 1
