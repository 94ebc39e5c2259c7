"""The random oracle in the simulator's hands: which words a draw gets at a state of the transcript.

Challenges and positions are words H(state, "s", block). To program the oracle at a state is to answer there as it would
answer at another point, a random one that nobody has asked about: uniform words, and any number of blocks of them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from unittest.mock import patch

from zkinfer_verify.transcript import transcript

Program = Mapping[bytes, bytes]
"""Transcript states, each with the point whose words are the answer there."""


@contextmanager
def answered(answer: Callable[[bytes], bytes]) -> Iterator[None]:
    """Answer every draw at a state with the words at the point `answer(state)`."""
    words = transcript._words
    with patch.object(transcript, "_words", lambda state: words(answer(state))):
        yield


@contextmanager
def programmed(program: Program) -> Iterator[None]:
    """Answer at the programmed states as programmed, and elsewhere as SHA-256 does."""
    with answered(lambda state: program.get(state, state)):
        yield
