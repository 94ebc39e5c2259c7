"""docs/protocol.md, 6: padded scalars, claims on them, products of pads, constraints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from spec.field import ONE, ZERO, Ext, ext
from spec.hashing import Transcript, ext_bytes


class Claim(NamedTuple):
    """known + sum of coefficient * pad."""

    known: Ext
    pads: dict[int, Ext]


class Run:
    """A run of steps 2 to 6 by the prover. pads: the one-time pads, or none for the run that counts them (all zero)."""

    def __init__(self, transcript: Transcript, pads: Sequence[Ext] | None) -> None:
        self.transcript, self._pads = transcript, pads
        self.num_pads = 0
        self.sent: list[Ext] = []
        self.products: list[tuple[int, int, int, int, int]] = []
        self.constraints: list[Claim] = []

    def send(self, label: str, value: Ext) -> Claim:
        """(6.1) Send a scalar minus its pad."""
        pad = self._new_pad()
        message = value - (ZERO if self._pads is None else self._pads[pad])
        self.sent.append(message)
        self.transcript.absorb("e", label, ext_bytes([message]))
        return Claim(message, {pad: ONE})

    def product(self, left: Claim, right: Claim) -> Claim:
        """(6.3) (v1 + d1)(v2 + d2) = v1 v2 + v2 d1 + v1 d2 + d12; the pads a and c = a d2 serve the sacrifice."""
        ((first, one),), ((second, two),) = left.pads.items(), right.pads.items()
        if one != ONE or two != ONE:
            raise ValueError("a factor has more than one pad")
        both, mask, masked = self._new_pad(), self._new_pad(), self._new_pad()
        self.products.append((first, second, both, mask, masked))
        v1, v2 = left.known, right.known
        pads = {first: v2}
        pads[second] = pads.get(second, ZERO) + v1
        return Claim(v1 * v2, {**pads, both: ONE})

    def zero(self, claim: Claim) -> None:
        """(6.4) Conclude that a claim is zero."""
        if self._pads is not None and self.value(claim) != ZERO:
            raise ValueError(f"constraint {len(self.constraints)} does not hold: the witness is wrong")
        self.constraints.append(claim)

    def value(self, claim: Claim) -> Ext:
        """The hidden value: the prover knows the pads."""
        out = claim.known
        for pad, coefficient in claim.pads.items():
            out = out + coefficient * (ZERO if self._pads is None else self._pads[pad])
        return out

    def _new_pad(self) -> int:
        self.num_pads += 1
        return self.num_pads - 1


def combine(known: object, *parts: tuple[object, Claim]) -> Claim:
    """(6.2) known + sum of coefficient * claim."""
    out, pads = ext(known), dict[int, Ext]()
    for coefficient, claim in parts:
        out = out + ext(coefficient) * claim.known
        for pad, weight in claim.pads.items():
            pads[pad] = pads.get(pad, ZERO) + ext(coefficient) * weight
    return Claim(out, pads)
