"""Inputs that are integers: what they may hold, as calibration data and the caller say, written into the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zkinfer.frontend.onnx.integer_inputs import DECLARED, Range, declared_ranges, input_ranges
from zkinfer.quantize.onnx.ranges import Sample
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from onnx import ModelProto


def integer_ranges(model: ModelProto, given: Mapping[str, Range]) -> tuple[dict[str, Range], dict[str, Range]]:
    """Return the ranges of all inputs that are integers, and those among them that the caller or the file declares.

    given: the caller's, by name. Errors: UsageError for a name that no input of integers has, and for a range that its
    type does not hold.
    """
    from onnx import helper

    constants = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    inputs = {
        value.name: helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).name
        for value in model.graph.input
        if value.name not in constants
    }
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    metadata |= {DECLARED + name: f"{lo}..{hi}" for name, (lo, hi) in given.items()}
    declared = declared_ranges(metadata, inputs, "--integers" if given else "the model")
    nodes = ((node.op_type, list(node.input), list(node.output)) for node in model.graph.node)
    return input_ranges(inputs, nodes, constants, declared)[0], declared


def require_within(samples: Sequence[Sample], ranges: Mapping[str, Range]) -> None:
    """Errors: UsageError naming an input whose calibration data leave its range."""
    for name, (lo, hi) in ranges.items():
        held = [array for array in (sample[name] for sample in samples) if array.size]
        least, largest = min(int(array.min()) for array in held), max(int(array.max()) for array in held)
        if least < lo or largest > hi:
            raise UsageError(
                f"Input {name!r} holds {least}..{largest} in the calibration data, and may hold {lo}..{hi}: the rows "
                f"of the table that it indexes, or 0 and 1 of a mask; declare it: --integers {name}=LO..HI."
            )


def declare(model: ModelProto, declared: Mapping[str, Range]) -> None:
    """Write ranges into a model's metadata."""
    kept = [entry for entry in model.metadata_props if not entry.key.startswith(DECLARED)]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    for name, (lo, hi) in declared.items():
        model.metadata_props.add(key=DECLARED + name, value=f"{lo}..{hi}")
