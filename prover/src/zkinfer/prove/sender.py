"""The prover's side of the transcript: sends padded scalars, draws the challenges."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.hidden import Hidden
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.transcript.transcript import Transcript


class Sender(Hidden):
    """Sends each scalar minus its pad. `sent` and `drawn` grow: the reductions of a step read them right after."""

    def __init__(self, transcript: Transcript, pads: NDArray[np.uint64], scalar_pads: Sequence[int]) -> None:
        self.transcript = transcript
        self.sent: list[Ext] = []
        self.drawn: list[list[Ext]] = []
        self._pads = pads[list(scalar_pads)].tolist()

    def send(self, label: str, *values: tuple[int, int]) -> None:
        """Send scalars, padded: protocol.md, 6.1."""
        for a, b in values:
            c, d = self._pads[len(self.sent)]
            message = Ext(a - c, b - d)
            self.sent.append(message)
            self.transcript.absorb_ext_bytes(label, message.to_bytes())

    def challenge(self, label: str) -> Ext:
        """Draw one challenge."""
        challenge = self.transcript.challenge(label)
        self.drawn.append([challenge])
        return challenge

    def point(self, label: str, count: int) -> list[Ext]:
        """Draw independent challenges."""
        self.drawn.append(self.transcript.challenges(label, count))
        return self.drawn[-1]
