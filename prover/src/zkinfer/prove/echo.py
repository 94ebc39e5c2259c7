"""The sender's transcript as the prover's reductions read it: items are met again, not hashed again."""

from zkinfer.prove.sender import Sender
from zkinfer_verify.errors import InternalError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.transcript.transcript import Transcript


class Echo(Transcript):
    """Goes over the items that a sender's transcript takes from now on, once they are taken.

    Errors: InternalError where the reductions come to another item than the sender did.
    """

    def __init__(self, tx: Sender) -> None:
        super().__init__()
        self._tx, self._met, self._drawn = tx, len(tx.transcript.record), len(tx.drawn)

    @property
    def is_level(self) -> bool:
        """Whether every item was met."""
        return self._met == len(self._tx.transcript.record)

    def challenges(self, label: str, count: int) -> list[Ext]:
        """Return the challenges that the sender drew."""
        self._meet(label)
        drawn = self._tx.drawn[self._drawn]
        if len(drawn) != count:
            raise InternalError(f"reductions draw {count} challenges {label!r}, the prover drew {len(drawn)}")
        self._drawn += 1
        return drawn

    def rounds(self, label: str, encoded: bytes, num_rounds: int, degree: int) -> list[Ext]:
        """Return the challenges of a sumcheck's rounds that the sender drew, and meet what was sent."""
        point = []
        for _ in range(num_rounds):
            for _ in range(degree):
                self._meet(label)
            point += self.challenges(label, 1)
        return point

    def absorb_ext_bytes(self, label: str, encoded: bytes, *, sender: str = "prover") -> None:
        """Meet what was sent."""
        self._meet(label)

    def _meet(self, label: str) -> None:
        record = self._tx.transcript.record
        if self.is_level or record[self._met].label != label:
            raise InternalError(f"reductions come to {label!r}, the prover to {record[self._met : self._met + 1]}")
        self._met += 1
