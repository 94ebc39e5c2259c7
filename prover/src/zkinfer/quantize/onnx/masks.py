"""Masks of attention: what is added to scores, or put in their place, so that Softmax makes zero of them.

Exporters write -inf, -3.4e38 or -10000 for that. In 8 bits such a number would leave a single code to all scores. So
masks are not quantised: they are functions of few integers, and Softmax reads the masked scores as they are. And they
are bounded by what is enough: below the scores' range by MARGIN, where exponentials are zero among codes of 16 bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, log2
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.ranges import Ranges

if TYPE_CHECKING:
    from onnx import NodeProto

FAR = 50.0
"""A mask has an entry as far below zero, or is a constant that is added like any other."""
BOUND = 1e4
"""Of masks while ranges are found: in float32 it hides what it is added to, as -inf does."""
FLOOR = -3e38
"""The least float32 is -3.4e38."""
MARGIN = 20.0
"""e^-20 is under 2^-28: nothing beside the largest exponential of a row, even among results of 16 bits."""
# fmt: off
OPERATORS = frozenset((
    "Add", "And", "Cast", "Clip", "Concat", "Equal", "Expand", "Gather", "Greater", "GreaterOrEqual", "Identity",
    "Less", "LessOrEqual", "Max", "Min", "Mul", "Neg", "Not", "Or", "Reshape", "Slice", "Squeeze", "Sub", "Tile",
    "Transpose", "Unsqueeze", "Where", "Xor",
))
# fmt: on
"""What masks are computed by, of inputs that are integers and of constants."""


@dataclass(frozen=True)
class Masks:
    """What is left in float32, by name.

    tensors: masks and masked scores; scores: what is masked; bounds: the constants that tell by how much; nodes: those
    that compute masks, mask, or read masked scores.
    """

    tensors: frozenset[str] = frozenset()
    scores: frozenset[str] = frozenset()
    bounds: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()


def bound_masks(network: Network) -> Masks:
    """Find the masks of a network and bound them by BOUND; all that reads them must be the masking of scores."""
    drop_floors(network)
    split_sums(network)
    masks = _Search(network)
    for node in network.nodes:
        if node.op_type == "Softmax":
            masks.follow(node)
    return masks.bounded()


def drop_floors(network: Network) -> None:
    """Leave out each Max with a number that no float is below but infinity: exporters put it behind a masked sum."""
    for output in [node.output[0] for node in network.nodes if node.op_type == "Max" and len(node.input) == 2]:
        node = network.producer[output]
        floors = [name for name in node.input if name in network.constants and network.constants[name].size == 1]
        others = [name for name in node.input if name not in floors]
        if len(others) != 1 or network.shapes.get(others[0]) != network.shapes.get(output):
            continue
        if network.constants[floors[0]].min() <= FLOOR and output not in network.outputs:
            for reader in network.nodes:
                for k, name in enumerate(reader.input):
                    if name == output:
                        reader.input[k] = others[0]
            network.replace(node, [])


def split_sums(network: Network) -> None:
    """Take the sum out of each Gemm of two tensors that are computed: onnxruntime puts masks of matrices there."""
    from onnx import helper

    for output in [node.output[0] for node in network.nodes if node.op_type == "Gemm" and len(node.input) == 3]:
        node = network.producer[output]
        beta = next((attribute.f for attribute in node.attribute if attribute.name == "beta"), 1.0)
        if node.input[1] in network.constants or beta != 1:
            continue
        scores = f"{output}_scores"
        product = type(node).FromString(node.SerializeToString())
        del product.input[2:]
        product.output[0], product.name = scores, scores
        network.replace(node, [product, helper.make_node("Add", [scores, node.input[2]], [output], name=output)])


def tighten(network: Network, masks: Masks, ranges: Ranges) -> None:
    """Bound the masks by what the scores' ranges need: a power of two."""
    if not masks.bounds:
        return
    found = [ranges[name].range_value for name in masks.scores]
    reach = max(max(float(np.max(hi)), 0.0) - min(float(np.min(lo)), 0.0) for lo, hi in found)
    bound = 2.0 ** ceil(log2(reach + MARGIN))
    for name in masks.bounds:
        array = network.constants[name]
        network.set_constant(
            name, np.where(np.abs(array) >= BOUND, np.copysign(bound, array), array).astype(np.float32)
        )


class _Search:
    """Walks back from each Softmax over the additions and choices of masks."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.readers: dict[str, list[NodeProto]] = {}
        for node in network.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.closed = self._closed()
        self.masking: dict[str, NodeProto] = {}
        self.scores: set[str] = set()
        self.softmaxes: set[str] = set()

    def _closed(self) -> set[str]:
        """The tensors that are computed of constants and integers alone, without a weight or a table."""
        network = self.network
        closed = set(network.constants) | {name for name in network.inputs if name not in network.floats}
        for node in network.nodes:
            known = node.op_type in OPERATORS and all(name in closed for name in node.input if name)
            if known and (node.op_type != "Gather" or node.input[1] in network.constants):
                closed.update(node.output)
        return closed

    def follow(self, softmax: NodeProto) -> None:
        """Take the masks before a Softmax that alone reads what they mask."""
        tensor, found = softmax.input[0], False
        while True:
            node = self.network.producer.get(tensor)
            if node is None or len(self.readers[tensor]) != 1 or tensor in self.network.outputs:
                break
            scores = self._scores(node)
            if scores is None:
                break
            self.masking[tensor] = node
            tensor, found = scores, True
        if found:
            self.scores.add(tensor)
            self.softmaxes.add(softmax.name)

    def _scores(self, node: NodeProto) -> str | None:
        """The scores that a node masks, if it does; the rest of what it reads is a mask."""
        branches = list(node.input[1:] if node.op_type == "Where" else node.input)
        if node.op_type not in ("Add", "Sub", "Where") or (
            node.op_type == "Where" and node.input[0] not in self.closed
        ):
            return None
        if node.op_type == "Sub" and branches[0] in self.closed:
            return None
        open_ones = [name for name in branches if name not in self.closed]
        if len(open_ones) != 1:
            return None
        others = [name for name in branches if name != open_ones[0]]
        return open_ones[0] if any(any(self._far(each)) for each in (node, *self._region(others))) else None

    def _region(self, tensors: Iterable[str]) -> list[NodeProto]:
        """The nodes that tensors are computed by."""
        needed, region = set(tensors), list["NodeProto"]()
        for node in reversed(self.network.nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                region.append(node)
        return region[::-1]

    def _far(self, node: NodeProto) -> Iterator[tuple[int, str]]:
        """Which inputs of a node are constants with a far entry: below zero, or what may become so."""
        for k, name in enumerate(node.input):
            array = self.network.constants.get(name)
            if array is not None and array.dtype == np.float32:
                peak = np.abs(array) if node.op_type in ("Mul", "Sub") else -array
                if (peak >= FAR).any():
                    yield k, name

    def bounded(self) -> Masks:
        """Bound the constants; copies of them, since others may read them too."""
        network = self.network
        masks = {
            name
            for node in self.masking.values()
            for name in node.input
            if name in self.closed and name not in network.constants
        }
        region = self._region(masks)
        inside = {id(node) for node in (*region, *self.masking.values())}
        changed: set[str] = set()
        for node in region:
            if any(self._far(node)) or changed.intersection(node.input):
                changed.update(name for name in node.output if name in network.floats)
        read = (reader for name in changed for reader in self.readers.get(name, ()))
        if not self.masking or changed & set(network.outputs) or any(id(reader) not in inside for reader in read):
            return Masks()
        copies: dict[str, str] = {}
        for node in (*region, *self.masking.values()):
            for k, name in list(self._far(node)):
                if name not in copies:
                    array = network.constants[name]
                    array = np.where(np.abs(array) >= FAR, np.copysign(np.float32(BOUND), array), array)
                    copies[name] = network.add_constant(f"{name}_bounded", array)
                node.input[k] = copies[name]
        floats = {name for node in region for name in node.output if name in network.floats}
        names = {node.name for node in (*region, *self.masking.values())}
        return Masks(
            frozenset(floats | set(self.masking)),
            frozenset(self.scores),
            frozenset(copies.values()),
            frozenset(names | self.softmaxes),
        )
