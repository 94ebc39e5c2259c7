"""A general network in the making: kinds of layers are drawn one after the other, each on tensors that are there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from campaigns.campaign import Tally
from campaigns.networks import Ints, Shape, draw_weights
from zkinfer.network.network import Node, Port
from zkinfer.network.operation import Operation, Spec
from zkinfer.network.rescale import Rescale
from zkinfer.network.saturate import Saturate
from zkinfer_verify.errors import UsageError

MOST_ENTRIES = 200
"""Of a tensor."""
MOST_PRODUCTS = 6000
FEW_CODES = 600
"""A tensor of no more values is looked up as it is; on toy a table of them takes some forty rows."""
MOST_DIVISOR = 1 << 8
"""The carries of a divisor are looked up in a table of twice as many rows."""
LETTERS = "abcdefgh"


class Unfit(Exception):
    """A kind does not take a tensor, or what it would make is too large."""


@dataclass
class Draft:
    """What is drawn so far: ports, nodes, and what is known of each tensor."""

    draw: Random
    tally: Tally
    ports: list[Port] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    specs: dict[str, Spec] = field(default_factory=dict)

    def add(self, op: Operation, *inputs: str) -> str:
        """Add an operation on tensors; returns the name of its own.

        Errors: UsageError where they do not fit, Unfit for more entries than a case should have.
        """
        node = Node(f"{op.kind}{len(self.nodes)}", op, inputs)
        spec = op.spec([self.specs[name] for name in inputs], node.where)
        if spec.size > MOST_ENTRIES:
            raise Unfit
        self.nodes.append(node)
        self.specs[node.name] = spec
        return node.name

    def grow(self, kind: "Kind", x: str) -> str | None:
        """Add a kind of layer on a tensor; returns its result, or None, with nothing added, where it does not fit."""
        before = len(self.nodes)
        try:
            return kind(self, x)
        except (UsageError, Unfit):
            for node in self.nodes[before:]:
                del self.specs[node.name]
            del self.nodes[before:]
            return None

    def shape(self, x: str) -> Shape:
        """Return a tensor's extents."""
        return self.specs[x].shape

    def labels(self, x: str) -> str:
        """Return a letter for each axis of a tensor."""
        return LETTERS[: len(self.shape(x))]

    def axis(self, x: str) -> int:
        """Draw one of a tensor's axes; Unfit where it has none."""
        if not self.shape(x):
            raise Unfit
        return self.draw.randrange(len(self.shape(x)))

    def chance(self, percent: int) -> bool:
        """Draw whether something is so."""
        return self.draw.randrange(100) < percent

    def tuple_of(self, count: int, low: int, high: int) -> tuple[int, ...]:
        """Draw integers, low <= value <= high."""
        return tuple(self.draw.randint(low, high) for _ in range(count))

    def integers(self, shape: Shape, low: int, high: int) -> Ints:
        """Draw an array of integers, low <= value <= high."""
        return np.random.default_rng(self.draw.getrandbits(64)).integers(low, high, shape, endpoint=True)

    def weights(self, *shape: int) -> Ints:
        """Draw weights of some kind."""
        return np.asarray(draw_weights(self.draw, self.tally, *shape), dtype=np.int64)

    def stretched(self, shape: Shape) -> Shape:
        """Draw a shape that is stretched to a given one: some axes have extent 1."""
        return tuple(extent if self.chance(50) else 1 for extent in shape)

    def bias(self, shape: Shape) -> Ints | None:
        """Draw a constant to add, of a stretched shape, or none."""
        return self.weights(*self.stretched(shape)) if self.chance(50) else None

    def coded(self, x: str, most: int = FEW_CODES) -> str:
        """Return a tensor of at most so many values: this one, or the codes that it is rounded to."""
        spec = self.specs[x]
        if spec.hi - spec.lo < most:
            return x
        bits = self.draw.randint(2, 8)
        lo = self.draw.choice([-(1 << bits - 1), 0, 0])
        hi = lo + (1 << bits) - 1
        reach = max(1, spec.peak >> bits - self.draw.choice([0, 1, 1]))
        way = self.draw.choice(["shift", "shift", "divisor", "function", "saturated", "saturated by a divisor"])
        if way == "saturated":
            return self.add(Saturate(self.draw.randint(0, reach.bit_length()), lo, hi), x)
        if way == "saturated by a divisor":
            return self.add(Saturate(0, lo, hi, divisor=self.draw.randint(2, MOST_DIVISOR)), x)
        values = self.integers((hi - lo + 1,), -20, 20) if way == "function" else None
        if way == "divisor" and reach < MOST_DIVISOR:
            return self.add(Rescale(0, lo, hi, values, divisor=reach + 1), x)
        return self.add(Rescale(reach.bit_length(), lo, hi, values), x)

    def others(self, fits: Callable[[Spec], bool]) -> str:
        """Draw a tensor that fits, the later the likelier."""
        found = [name for name, spec in self.specs.items() if fits(spec)]
        if not found:
            raise Unfit
        return self.draw.choice([*found, *found[len(found) // 2 :]])


Kind = Callable[[Draft, str], str]
"""Adds nodes that read a tensor and others; returns the tensor that they make."""
