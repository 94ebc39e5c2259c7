"""Claims on hidden scalars, and the channel on which both sides run the reductions.

Every scalar of the argument is sent minus a one-time pad, so what the verifier holds is a claim: a known value plus a
combination of pads. The reductions are written over claims and the padding disappears from them. What they conclude
(a claim is zero; a scalar's pads multiply to another pad) is collected as constraints on the pads, which the pad oracle
proves at the end.

A claim is a node of a graph: its known value, and the claims it is a combination of. The combination of pads is never
expanded: one backward pass over the nodes gives the weight of every pad (`pad_weights`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.field.extension import NON_RESIDUE, ONE, ZERO, Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import encode_ext
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.statement.limits import MAX_MESSAGES
from zkinfer_verify.transcript.transcript import Recorder, Transcript

T = TypeVar("T")


class Claim:
    """A hidden scalar: known + combination of pads."""

    __slots__ = ("known", "node", "parts")

    def __init__(self, known: Ext, parts: tuple[tuple[Ext, "Claim"], ...], node: int) -> None:
        self.known, self.parts, self.node = known, parts, node


@dataclass(frozen=True)
class Product:
    """The pads of a product: pad[both] = pad[first] pad[second], proved by sacrifice of fresh pads mask and masked."""

    first: int
    second: int
    both: int
    mask: int
    masked: int


class Channel:
    """Reads masked scalars as claims, draws challenges, and collects what must hold of the pads.

    scalars: what the prover sent, in order; read by `scalar` and absorbed. The list may still grow: the prover runs the
    reductions of a step on what it has just sent. vectors: the loops over data.
    """

    def __init__(self, transcript: Transcript, scalars: Sequence[Ext], vectors: Vectors) -> None:
        self.transcript, self.vectors = transcript, vectors
        self._scalars, self._read = scalars, 0
        self._nodes: list[Claim] = []
        self.num_pads = 0
        self.pad_of_node: dict[int, int] = {}
        self.scalar_pads: list[int] = []
        self.products: list[Product] = []
        self.constraints: list[tuple[str, Claim]] = []
        self.round_degrees = 0
        self.point_vars = 0

    # -- messages ----------------------------------------------------------------------------------------------------

    def scalar(self, label: str) -> Claim:
        """Receive one padded scalar: protocol.md, 6.1.

        Errors: ProofError when the prover sent fewer.
        """
        (message,) = self._receive(label, 1)
        self.transcript.absorb_ext_bytes(label, message.to_bytes())
        return self._padded(message)

    def rounds(self, label: str, num_rounds: int, degree: int) -> tuple[list[Claim], list[Ext]]:
        """Receive the rounds of a sumcheck, `degree` padded scalars and a challenge each: all scalars, the point.

        Errors: ProofError when the prover sent fewer.
        """
        messages = self._receive(label, num_rounds * degree)
        self.round_degrees += len(messages)
        point = self.transcript.rounds(label, encode_ext(messages), num_rounds, degree)
        return list(map(self._padded, messages)), point

    def challenge(self, label: str) -> Ext:
        """Draw one challenge."""
        return self.transcript.challenge(label)

    def point(self, label: str, num_vars: int) -> list[Ext]:
        """Draw a fresh random point."""
        self.point_vars += num_vars
        return self.transcript.challenges(label, num_vars)

    def coefficients(self, label: str, count: int) -> list[Ext]:
        """Draw independent coefficients."""
        return self.transcript.challenges(label, count)

    def evaluate(self, compute: Callable[[], T], skipped: T) -> T:
        """Evaluate something public; a counting channel returns `skipped` instead."""
        return compute()

    def finish(self) -> None:
        """Check that every scalar was read.

        Errors: ProofError when scalars are left over.
        """
        if self._read != len(self._scalars):
            raise ProofError(f"proof holds {len(self._scalars)} scalars, the statement's schedule reads {self._read}")

    # -- claims ------------------------------------------------------------------------------------------------------

    def new_pad(self) -> int:
        """Take the next pad."""
        self.num_pads += 1
        return self.num_pads - 1

    def pad_claim(self, pad: int, known: Ext = ZERO) -> Claim:
        """Return the claim known + pad."""
        claim = self._node(known, ())
        self.pad_of_node[claim.node] = pad
        return claim

    def combine(self, known: Ext, *parts: tuple[Ext, Claim]) -> Claim:
        """Return known + sum of coefficient * claim: protocol.md, 6.2."""
        c0, c1 = known
        for (a, b), claim in parts:
            c, d = claim.known
            # The sum of products in integers, reduced once.
            c0 += a * c + NON_RESIDUE * b * d
            c1 += a * d + b * c
        return self._node(Ext(c0, c1), parts)

    def product(self, left: Claim, right: Claim) -> Claim:
        """Return left * right for claims of the form known + one pad: protocol.md, 6.3.

            (v1 + d1)(v2 + d2) = v1 v2 + v2 d1 + v1 d2 + d12

        Reduces: to pad[d12] = pad[d1] pad[d2]. Still to check: the product, by sacrifice (`check_products`).
        """
        first, second = self.pad_of_node[left.node], self.pad_of_node[right.node]
        made = Product(first, second, self.new_pad(), self.new_pad(), self.new_pad())
        self.products.append(made)
        # v1 v2 + v2 d1 + v1 d2 = v2 (v1 + d1) + v1 (v2 + d2) - v1 v2
        return self.combine(
            -(left.known * right.known), (right.known, left), (left.known, right), (ONE, self.pad_claim(made.both))
        )

    def zero(self, name: str, claim: Claim) -> None:
        """Conclude that a claim is zero, a linear constraint on pads: protocol.md, 6.4."""
        self.constraints.append((name, claim))

    def pad_weights(self, coefficients: Sequence[Ext]) -> tuple[list[Ext], Ext]:
        """Combine the constraints: sum_l coefficients[l] * constraint_l = known + sum_k weights[k] * pad_k = 0.

        Returns (weights, known). One backward pass over the claims.
        """
        c0, c1 = [0] * len(self._nodes), [0] * len(self._nodes)
        known = ZERO
        for coefficient, (_, claim) in zip(coefficients, self.constraints, strict=True):
            c0[claim.node] += coefficient[0]
            c1[claim.node] += coefficient[1]
            known = known + coefficient * claim.known
        for claim in reversed(self._nodes):
            if claim.parts:
                # Sums stay integers until their node is reached, and are reduced there once.
                a, b = c0[claim.node] % P, c1[claim.node] % P
                for (c, d), part in claim.parts:
                    c0[part.node] += a * c + NON_RESIDUE * b * d
                    c1[part.node] += a * d + b * c
        w0, w1 = [0] * self.num_pads, [0] * self.num_pads
        for node, pad in self.pad_of_node.items():
            w0[pad] += c0[node]
            w1[pad] += c1[node]
        return list(map(Ext, w0, w1)), known

    def _node(self, known: Ext, parts: tuple[tuple[Ext, Claim], ...]) -> Claim:
        claim = Claim(known, parts, len(self._nodes))
        self._nodes.append(claim)
        return claim

    def _receive(self, label: str, count: int) -> Sequence[Ext]:
        messages = self._scalars[self._read : self._read + count]
        if len(messages) < count:
            raise ProofError(f"proof holds {len(self._scalars)} scalars, the statement's schedule needs more ({label})")
        self._read += count
        return messages

    def _padded(self, message: Ext) -> Claim:
        self.scalar_pads.append(self.new_pad())
        return self.pad_claim(self.scalar_pads[-1], message)


class CountingChannel(Channel):
    """Runs the reductions on nothing: yields the schedule, the number of pads, their products, and the constraints."""

    def __init__(self, vectors: Vectors) -> None:
        super().__init__(Recorder(), (), vectors)

    def combine(self, known: Ext, *parts: tuple[Ext, Claim]) -> Claim:
        """Return a claim of nothing."""
        return self._node(ZERO, ())

    def evaluate(self, compute: Callable[[], T], skipped: T) -> T:
        """Skip a public evaluation."""
        return skipped

    def finish(self) -> None:
        """Nothing was sent, so nothing is left over."""

    def _receive(self, label: str, count: int) -> Sequence[Ext]:
        if len(self.transcript.record) + count > MAX_MESSAGES:
            raise UsageError(f"a proof of this statement has more than {MAX_MESSAGES} messages; prove it in parts")
        return [ZERO] * count
