"""What a quantisation is asked for, and which tensors then get 16 bits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.regions import ELEMENTWISE, UNARY
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from onnx import NodeProto

PRESETS = ("int8", "mixed", "int16")
METHODS = ("minmax", "entropy", "percentile")
SUMS = frozenset(("Add", "Sub", "Sum"))
MOVES = frozenset(("Flatten", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"))
PIECEWISE_LINEAR = frozenset(("Abs", "Clip", "Neg", "Relu"))
TABLES = (UNARY - PIECEWISE_LINEAR) | {"LogSoftmax", "PRelu", "Softmax"}
"""Operators that are proved by a table with a row for each code that they read: 256 rows are cheap, 65536 are not."""


@dataclass(frozen=True)
class Settings:
    """preset: "int8", every tensor in 8 bits; "mixed", in 16 where sums meet; "int16", in 16 where no table reads it.

    method: how ranges are chosen from the calibration data, as onnxruntime names them. power_of_two: every scale, so
    that a requantisation is a shift. per_channel: a scale for each output channel of the weights.
    """

    preset: str = "int8"
    method: str = "minmax"
    power_of_two: bool = False
    per_channel: bool = True

    def __post_init__(self) -> None:
        for what, value, known in (("preset", self.preset, PRESETS), ("method", self.method, METHODS)):
            if value not in known:
                raise UsageError(f"{what} {value!r} is not one of {', '.join(known)}.")


def tensors_of_16_bits(network: Network, preset: str, masked: Iterable[str] = ()) -> set[str]:
    """The names of the tensors that a preset stores in 16 bits; masked: those that a table reads behind a mask."""
    computed = {name for node in network.nodes for name in node.output if name in network.floats}
    computed |= {value.name for value in network.model.graph.input if value.name in network.floats}
    cheap = computed - _read_by(network.nodes, TABLES) - set(masked)
    match preset:
        case "int16":
            return cheap
        case "mixed":
            sums = {name for node in network.nodes if node.op_type in SUMS for name in (*node.input, *node.output)}
            return _moved(network, sums | _read_by(network.nodes, {"LayerNormalization"})) & cheap
    return set()


def _moved(network: Network, names: set[str]) -> set[str]:
    """The tensors, what they are moved from and what they are moved to: one tensor in other axes has one scale."""
    found = set(names)
    for node in reversed(network.nodes):
        if node.op_type in MOVES and found.intersection(node.output):
            found.add(node.input[0])
    for node in network.nodes:
        if node.op_type in MOVES and node.input[0] in found:
            found.update(node.output)
    return found


def constant_operands(network: Network) -> set[str]:
    """The constants of elementwise operators; a proof has them in the open, so that 16 bits cost nothing."""
    return _read_by(network.nodes, ELEMENTWISE | {"PRelu"}) & network.floats & set(network.constants)


def _read_by(nodes: Iterable[NodeProto], operators: Iterable[str]) -> set[str]:
    return {name for node in nodes if node.op_type in operators for name in node.input}
