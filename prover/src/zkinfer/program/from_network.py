"""Network -> Program: every operation lowers itself, every output is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkinfer.graph.operator import Shape, show
from zkinfer.network.lowering import Lowering, Operand, Sum
from zkinfer.network.network import Network, Port
from zkinfer.network.ports import lower_input, publish
from zkinfer.network.rescale import Rescale
from zkinfer.program.batch import batched
from zkinfer.program.builder import Builder
from zkinfer.program.lower import require_bound
from zkinfer.program.program import Committed, Integers, Program
from zkinfer_verify.errors import UsageError

SCRATCH_BITS = 1
"""With the narrowest limbs every value that any plan lays out again is laid out again."""


@dataclass(frozen=True, eq=False)
class NetworkProgram(Program):
    """The program of a network of any shape."""

    network: Network

    @property
    def model(self) -> Network:
        """The network."""
        return self.network

    def lower(self, builder: Builder) -> None:
        """Lower every node, in order; several inputs get an axis of their own afterwards."""
        self._lower(builder)
        batched(builder)

    def _lower(self, builder: Builder) -> Lowering:
        network = self.network
        lowering = Lowering(builder, spans=self._spans, laid_out=self._laid_out)
        values: dict[str, Operand | Sum] = {port.tensor: lower_input(lowering, port) for port in network.inputs}
        uses = Counter(name for node in network.nodes for name in node.inputs)
        uses.update(port.tensor for port in network.outputs if port.public)
        for node in network.nodes:
            # What could leave 64 bits is refused before it is laid out, and before any table of it is.
            require_bound(node.name, "values", network.specs[node.name].peak)
            value = node.op.lower(lowering, node.name, [values[name] for name in node.inputs])
            # A sum that several read is committed once, and not stated again for each of them.
            values[node.name] = lowering.committed(value) if uses[node.name] > 1 else value
        for port in network.outputs:
            if port.public:
                publish(lowering, port, values[port.tensor])
        for operand in (values[port.tensor] for port in network.inputs):
            if isinstance(operand, Operand) and not lowering.related(operand):
                # Lookups alone read it, and a statement wants each input in a relation.
                lowering.copied(operand, f"{operand.name}.copy")
        return lowering

    @cached_property
    def _spans(self) -> dict[Any, tuple[int, int]]:
        """Return for each function that rescaling looks up the quotients that all nodes give it."""
        spans: dict[Any, tuple[int, int]] = {}
        for node in self.network.nodes:
            if isinstance(node.op, Rescale):
                first, last = (bound - node.op.lo for bound in node.op.span(self.network.specs[node.inputs[0]]))
                lo, hi = spans.get(node.op.key, (first, last))
                spans[node.op.key] = min(lo, first), max(hi, last)
        return spans

    @cached_property
    def _laid_out(self) -> dict[str, tuple[NDArray[Any], int, int]]:
        """Weights that some plan has laid out: all plans lay them out alike."""
        return {}

    @cached_property
    def _laid(self) -> Lowering:
        """How values and weights are laid out, those included that only some plans commit."""
        return self._lower(Builder(SCRATCH_BITS))

    def read(self, x: Any, images: int) -> list[dict[str, Integers]]:
        """Return the integers of every input by tensor, for each of the inputs that are proved together.

        x: an array for a network of one input, or arrays by the inputs' names; of several inputs, along a new first
        axis. Real numbers are quantised as the model does it.
        """
        given = self._by_name(x)
        found: list[dict[str, Integers]] = [{} for _ in range(images)]
        for port in self.network.inputs:
            array = _numbers(port, given[port.name])
            expected = port.shape if images == 1 else (images, *port.shape)
            if array.shape != expected:
                raise UsageError(
                    f"Input {port.name!r} has shape {show(array.shape)}, the network takes {show(expected)}"
                    f"{_several(array.shape, expected)}."
                )
            for image, values in zip(found, array.reshape(images, *port.shape), strict=True):
                image[port.tensor] = integers_of(port, values)
        return found

    def _by_name(self, x: Any) -> Mapping[str, Any]:
        ports = self.network.inputs
        names = ", ".join(repr(port.name) for port in ports)
        if not isinstance(x, Mapping):
            if len(ports) > 1:
                raise UsageError(f"The network takes several inputs, {names}; pass a mapping from name to array.")
            return {ports[0].name: x}
        if set(x) != {port.name for port in ports}:
            raise UsageError(f"The network takes inputs named {names}, got {', '.join(map(repr, x)) or 'nothing'}.")
        return dict(x)

    def run(self, x: Mapping[str, Integers]) -> tuple[Committed, Sequence[Integers]]:
        """Run the network; every committed value in the layout of its columns."""
        network, beside = self.network, dict[str, Integers]()
        tensors = network.run(x, beside.__setitem__)
        committed = {}
        for name, view in self._laid.views.items():
            committed[name] = view.arrange(self._value(name, tensors, beside))
        return committed, [tensors[port.tensor] + port.offset for port in self._published]

    def _value(self, name: str, tensors: Mapping[str, Integers], beside: Mapping[str, Integers]) -> Integers:
        """Return the integers of a committed value: recorded, a tensor, or a tensor laid out again."""
        if name in beside:
            return beside[name]
        if name in tensors:
            return tensors[name]
        return self._value(self._laid.copies[name], tensors, beside)

    @property
    def _published(self) -> list[Port]:
        """What is public, in the order of the statement's outputs."""
        return [port for port in (*self.network.inputs, *self.network.outputs) if port.public]

    def public(self, outputs: Sequence[Sequence[Integers]], count: int) -> list[Integers]:
        """Return every public tensor, of all inputs along a first axis."""
        return [np.stack(tensors) for tensors in zip(*outputs, strict=True)]

    def weight_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all constants in their columns' layout."""
        return dict(self._laid.weights)

    def images_in(self, shape: tuple[int, ...]) -> int:
        """Inputs that are proved together have an axis in front."""
        hidden_first = sorted(self.network.inputs, key=lambda port: port.public)
        return shape[0] if any(shape[1:] == (own.shape or (1,)) for own in hidden_first[:1]) else 1


def _numbers(port: Port, values: Any) -> NDArray[Any]:
    """Return an input as an array.

    Errors: UsageError for what is no array of real numbers.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise UsageError(f"Input {port.name!r} has lists of different lengths; make them agree.") from None
    if array.dtype.kind not in "biuf":
        raise UsageError(f"Input {port.name!r} holds {array.dtype}, not real numbers; pass integers or floats.")
    return array


def integers_of(port: Port, values: NDArray[Any]) -> Integers:
    """Return the integers of an input, quantised and saturated as the model does it, or as they are.

    Errors: UsageError naming the index of an entry out of range or not a number; it names no value, which is secret.
    """
    _require(np.isfinite(values), port, "is not a finite number; replace it")
    if port.quantised:
        with np.errstate(over="ignore"):  # what overflows saturates
            units = np.rint(values.astype(np.float32) / np.float32(port.scale))
        codes = np.clip(units.astype(np.float64), *port.saturation) + port.zero_point
    else:
        codes = values
        _require(codes == np.rint(codes), port, "is not an integer; round it")
    lo, hi = port.lo + port.zero_point, port.hi + port.zero_point
    remedy = "clip it" if port.quantised else "clip it, or declare the range in the model (zkinfer quantize --integers)"
    _require((codes >= lo) & (codes <= hi), port, f"is outside of the codes {lo}..{hi} that setup fixed; {remedy}")
    integers: Integers = codes.astype(np.int64) - port.zero_point
    return integers


def _require(holds: NDArray[np.bool_], port: Port, what: str) -> None:
    wrong = np.argwhere(~holds)
    if len(wrong):
        raise UsageError(
            f"Input {port.name!r}: the entry at index {tuple(map(int, wrong[0]))} {what} ({len(wrong)} entries)."
        )


def _several(shape: Shape, expected: Shape) -> str:
    """What to do with inputs along a first axis where one is taken."""
    if shape[1:] != expected:
        return ""
    return "; give one of them, or several at once as files of their own, in Python with the keys of zkinfer.batch"
